import type { Risk } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import type { PlistDictionary } from "@pomona/plist";
import type { Static, TObject } from "typebox";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { Enrollment } from "../enrollment/index.ts";

/** What a definition may ask of the Mac before the command goes out. Chip, system, supervision: Apple's tables know. */
export type Target = Pick<Enrollment, "isUserEnrollment" | "isAwaitingConfiguration">;

/** An MDM command: everything that is known of it stands in its one file of the catalogue. */
export interface CommandDefinition<Input extends TObject = TObject> {
  /** As on the wire. */
  readonly requestType: string;
  /** One line, as a menu would say it. */
  readonly summary: string;
  /** What it may do to the Mac at worst; `read` for a question. */
  readonly risk: Risk;
  readonly input: Input;
  /** Input fields that are sealed while they wait; they may hold secrets. */
  readonly sealed?: readonly (keyof Static<Input> & string)[];
  /** Every field is sealed, for inputs whose fields nobody here has named. */
  readonly sealsAll?: true;
  /** The keys of the command besides RequestType. Pure. */
  payload(input: Static<Input>): PlistDictionary;
  /** What is wrong with an input beyond its schema, in words that quote none of it. Pure. */
  fault?(input: Static<Input>): string | undefined;
  /** Why this Mac cannot take it, in words; looked at when it is queued and again when it is served. */
  objection?(target: Target): string | undefined;
  /**
   * What failed inside an answer whose Status is Acknowledged, in words; the command then ends as an error with these words.
   * Apple answers so for items of Settings, rejected applications and refused passwords. Never holds a secret.
   */
  failureIn?(report: PlistDictionary): string | undefined;
  /**
   * Stores what the Mac answered, in the transaction of the acknowledgement. Awaits nothing but it. `asked` is the input without
   * its sealed fields: what was asked decides whether an answer is the whole list or a part of it.
   */
  onAcknowledged?(
    tx: WriteTransaction,
    deviceId: DeviceId,
    report: PlistDictionary,
    asked: Partial<Static<Input>>,
  ): Promise<void>;
}

/** A definition whose input type is forgotten, for the list of all. */
export type AnyCommandDefinition = Omit<CommandDefinition, "payload" | "fault" | "onAcknowledged"> & {
  payload(input: unknown): PlistDictionary;
  fault?(input: unknown): string | undefined;
  onAcknowledged?(
    tx: WriteTransaction,
    deviceId: DeviceId,
    report: PlistDictionary,
    asked: Readonly<Record<string, unknown>>,
  ): Promise<void>;
};

export const defineCommand = <Input extends TObject>(definition: CommandDefinition<Input>): AnyCommandDefinition =>
  definition as unknown as AnyCommandDefinition;
