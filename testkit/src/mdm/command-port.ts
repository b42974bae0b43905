import type { PlistDictionary } from "@pomona/plist";
import type { MacModel, ManagedApplication } from "../model/mac-model.ts";
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
  /** Reads the manifest and says what to do after the acknowledgement; `managed` is how it is managed then. Throws `Refused`. */
  installApplication(source: ManifestSource, managed?: ManagedApplication): Promise<() => Promise<void>>;
  restart(): Promise<void>;
  shutDown(): Promise<void>;
  lock(pin: string, message: string): Promise<void>;
  /** Erases the Mac: its management ends without a word, and its model is that of a new one. */
  erase(how: "contents" | "obliterated"): Promise<void>;
  /** Says to the server how things stand now (Apple: TokenUpdate). */
  updateToken(): Promise<void>;
  /** What Apple attests of this Mac, DER, leaf first; undefined where it cannot. The last one is kept and given out again. */
  attest(nonce: Uint8Array | undefined): readonly Uint8Array[] | undefined;
  /** Keeps the model on disk. */
  save(): Promise<void>;
  /** Hex of the push token, as DeviceInformation reports it. */
  pushToken(): string;
}

/** One command: its keys without `RequestType` are in `command`. */
export type CommandHandler = (mac: CommandPort, command: PlistDictionary) => CommandAnswer | Promise<CommandAnswer>;
