import type { PlistDictionary } from "@pomona/plist";
import type { MacModel } from "../model/mac-model.ts";
import type { CommandAnswer } from "./answer.ts";

/** Where the manifest of a package is: behind a URL whose server may be pinned, or in the command itself. */
export type ManifestSource =
  | { readonly url: string; readonly pinned: readonly Uint8Array[] }
  | { readonly inline: PlistDictionary };

/** What commands may read and do; the virtual Mac gives it. */
export interface CommandPort {
  readonly model: MacModel;
  /** Verifies and installs a mobileconfig from MDM; what is answered happens after the acknowledgement. Throws `Refused`. */
  installProfile(bytes: Uint8Array): Promise<(() => Promise<void>) | undefined>;
  /** Throws `Refused` for one that is not there, or not from MDM. */
  removeProfile(identifier: string): Promise<void>;
  /** Reads the manifest and says what to do after the acknowledgement. Throws `Refused`. */
  installApplication(source: ManifestSource): Promise<() => Promise<void>>;
  restart(): Promise<void>;
  shutDown(): Promise<void>;
  lock(pin: string, message: string): Promise<void>;
  /** Keeps the model on disk. */
  save(): Promise<void>;
  /** Hex of the push token, as DeviceInformation reports it. */
  pushToken(): string;
}

/** One command: its keys without `RequestType` are in `command`. */
export type CommandHandler = (mac: CommandPort, command: PlistDictionary) => CommandAnswer | Promise<CommandAnswer>;
