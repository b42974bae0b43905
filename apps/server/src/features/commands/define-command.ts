import type { DeviceFacts, Risk } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import type { PlistDictionary } from "@pomona/plist";
import type { Static, TObject } from "typebox";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { Enrollment } from "../enrollment/index.ts";

/** What a definition may ask of the Mac before the command goes out. */
export interface Target extends Pick<Enrollment, "isUserEnrollment" | "isAwaitingConfiguration"> {
  /** What the Mac said of itself, where the caller knows; what is not known never refuses. */
  readonly facts?: Pick<DeviceFacts, "appleSilicon" | "enrolledViaDep">;
}

/** An MDM command: everything that is known of it stands in its one file of the catalogue. */
export interface CommandDefinition<Input extends TObject = TObject> {
  /** As on the wire. */
  readonly requestType: string;
  /** One line, as a menu would say it. */
  readonly summary: string;
  readonly risk: Risk;
  readonly input: Input;
  /** Input fields that are sealed while they wait; they may hold secrets. */
  readonly sealed?: readonly (keyof Static<Input> & string)[];
  /** The keys of the command besides RequestType. Pure. */
  payload(input: Static<Input>): PlistDictionary;
  /** Why this Mac cannot take it, in words; looked at when it is queued and again when it is served. */
  objection?(target: Target): string | undefined;
  /**
   * What failed inside an answer whose Status is Acknowledged, in words; the command then ends as an error with these words.
   * Apple answers so for items of Settings, rejected applications and refused passwords. Never holds a secret.
   */
  failureIn?(report: PlistDictionary): string | undefined;
  /** Stores what the Mac answered, in the transaction of the acknowledgement. Awaits nothing but it. */
  onAcknowledged?(tx: WriteTransaction, deviceId: DeviceId, report: PlistDictionary): Promise<void>;
}

/** A definition whose input type is forgotten, for the list of all. */
export type AnyCommandDefinition = Omit<CommandDefinition, "payload"> & { payload(input: unknown): PlistDictionary };

export const defineCommand = <Input extends TObject>(definition: CommandDefinition<Input>): AnyCommandDefinition =>
  definition as unknown as AnyCommandDefinition;
