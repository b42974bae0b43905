import type { FactsMessage } from "@pomona/agent-protocol";

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
}
