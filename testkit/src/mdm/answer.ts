import type { PlistDictionary } from "@pomona/plist";
import type { ErrorChainItem } from "../profiles/profile-refused.ts";

/** What the Mac says to one command. What a Mac may legally answer is data, never an exception. */
export type CommandAnswer =
  | {
      readonly status: "Acknowledged";
      readonly response?: PlistDictionary;
      /** Happens once the result has reached the server: a restart, the download of a package. */
      readonly afterwards?: () => void | Promise<void>;
    }
  | {
      readonly status: "Error";
      readonly chain: readonly ErrorChainItem[];
      /** A Mac may do all the same what it called impossible: see EraseDevice. */
      readonly afterwards?: () => void | Promise<void>;
    }
  | { readonly status: "CommandFormatError"; readonly chain?: readonly ErrorChainItem[] }
  | { readonly status: "NotNow" };

export const acknowledged = (response?: PlistDictionary): CommandAnswer =>
  response === undefined ? { status: "Acknowledged" } : { status: "Acknowledged", response };

/** The command fits no Mac in this state (Apple: Status Error with a chain). */
export const refused = (code: number, domain: string, description: string): CommandAnswer => ({
  status: "Error",
  chain: [{ code, domain, description }],
});

/** A field that the command needs is missing or of another type (Apple: Status CommandFormatError). */
export const formatError = (why: string): CommandAnswer => ({
  status: "CommandFormatError",
  chain: [{ code: 12_022, domain: "MCMDMErrorDomain", description: why }],
});
