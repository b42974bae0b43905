import type { Risk } from "@pomona/contract";
import type { CommandId, CommandState, DeviceId } from "@pomona/facts";
import type { PlistDictionary } from "@pomona/plist";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import type { AttestedAnswer } from "../acme/index.ts";
import type { Enrollment } from "../enrollment/index.ts";
import type { CommandRow } from "./model.ts";

/** What is asked of a person or a token before a command is queued. */
export interface AskedCommand {
  readonly requestType: string;
  readonly risk: Risk;
  /** How many Macs it goes to. */
  readonly devices: number;
}

/** Whether a second person has to agree. A held command waits until {@link CommandQueue.release} or the end of its time. */
export interface ApprovalPort {
  needed(tx: ReadTransaction, asked: AskedCommand): Promise<"approval" | undefined>;
}
export const noApproval: ApprovalPort = { needed: async () => undefined };

/** How long a command of this risk can be taken back before it is sent, in ms. */
export interface UndoPolicy {
  windowMs(tx: ReadTransaction, risk: Risk): Promise<number>;
}

/** How a command ended, for the features that asked for it. */
export interface CommandAnswer {
  readonly deviceId: DeviceId;
  /** Null when the Mac has left since. */
  readonly enrollment: Enrollment | null;
  readonly command: CommandRow;
  readonly state: Extract<CommandState, "acknowledged" | "error" | "formatError" | "expired" | "cancelled">;
  /** What the Mac said; null when it ended without the Mac. */
  readonly report: PlistDictionary | null;
}

/**
 * Runs in the transaction that ends the command, so that what it stores and the end of the command are one. Awaits nothing
 * but its transaction. For secrets too: they must not travel in facts.
 */
export type AnswerHook = (tx: WriteTransaction, answer: CommandAnswer) => Promise<void>;

/** Judges and keeps what a Mac attests of itself, in the transaction that ends the command; `acme` has it. */
export type AttestationIntake = (tx: WriteTransaction, answer: AttestedAnswer) => Promise<void>;

/** A command as it goes into the queue, typed or raw, its secrets still in the open. */
export interface QueuedInput {
  readonly id: CommandId;
  readonly deviceId: DeviceId;
  readonly requestType: string;
  /** Its keys as the Mac gets them, besides RequestType. */
  readonly payload: PlistDictionary;
}
/** Runs in the transaction that queues the command. Awaits nothing but it; what it throws keeps the command from being queued. */
export type QueueHook = (tx: WriteTransaction, command: QueuedInput) => Promise<void>;

/** Something else that a restored backup must not send by itself: orders, batches. */
export interface HeldSource {
  readonly kind: "order" | "batch";
  /** Holds everything that is open. @returns how many */
  hold(tx: WriteTransaction): Promise<number>;
  count(tx: ReadTransaction): Promise<number>;
  list(tx: ReadTransaction, limit: number): Promise<readonly HeldThing[]>;
  /** Lets everything go that is held. @returns how many */
  release(tx: WriteTransaction): Promise<number>;
  /** Ends what is held, or only these of it. @returns how many */
  discard(tx: WriteTransaction, ids: readonly string[] | undefined): Promise<number>;
}
export interface HeldThing {
  readonly kind: "command" | "order" | "batch";
  readonly id: string;
  readonly deviceId: string | null;
  readonly type: string;
  readonly risk: Risk;
  /** How many Macs it would still go to. */
  readonly devices: number;
  readonly actor: string;
  /** ms */
  readonly createdAt: number;
  readonly expiresAt: number | null;
}
