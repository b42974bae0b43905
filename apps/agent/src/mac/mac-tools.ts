import type { AccountStatus, CreateAccountInput, FactsMessage } from "@pomona/agent-protocol";

/** Facts of the Mac without its applications. */
export type MacFacts = FactsMessage["facts"];
export type MacApplication = NonNullable<FactsMessage["applications"]>[number];

/** What the agent must know before its first word. */
export interface MacIdentity {
  readonly serialNumber: string;
  readonly osVersion: string;
  /** Changes with every start of the Mac. */
  readonly bootSession: string;
}

/** What a dialog says: all of it is data, none of it is ever part of a script's text. */
export interface DialogText {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  /** Where a second button, "More information", leads; https only. */
  readonly url?: string;
}

/** What became of a dialog: `noUser` at the login window, `failed` when macOS did not show it. */
export type DialogOutcome = "shown" | "noUser" | "failed";

/** What the agent asks and does about keys and accounts. None of it ever has a secret among the arguments of a process. */
export interface EscrowTools {
  validateRecoveryKey(key: string): Promise<"right" | "wrong" | "unknown">;
  /** The CMS that macOS left for MDM; undefined when there is none. */
  recoveryKeyEscrow(): Promise<Uint8Array | undefined>;
  bootstrapToken(): Promise<{ readonly isSupported: boolean | null; readonly isEscrowed: boolean | null }>;
  accounts(): Promise<readonly AccountStatus[] | undefined>;
  fileVault(): Promise<boolean | undefined>;
  /** @returns why it did not work, in words; undefined when the account is there */
  createAccount(account: Omit<CreateAccountInput, "nonce">): Promise<string | undefined>;
}

/** Everything that the agent asks of macOS, sensors and kills aside. A simulation answers it from a model. */
export interface MacTools {
  /** @throws when the serial number cannot be read */
  identity(): Promise<MacIdentity>;
  /** A fact that could not be read this time is missing. Never throws. */
  facts(): Promise<MacFacts>;
  /** Undefined when they could not be listed. */
  applications(): Promise<readonly MacApplication[] | undefined>;
  /** The short name of an account; undefined when macOS knows none. Never throws. */
  userName(uid: number): Promise<string | undefined>;
  /** Resolves when the dialog is closed by the user or gives up. */
  showDialog(text: DialogText): Promise<DialogOutcome>;
  readonly escrow: EscrowTools;
}
