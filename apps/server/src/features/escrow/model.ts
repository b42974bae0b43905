import type { DeviceId, SecretKind } from "@pomona/facts";
import type { Sealed } from "../../kernel/secret.ts";

export type Slot = "pending" | "current" | "old";
export type Verdict = "right" | "wrong" | "unknown";

/** What happens to one value. */
export type SlotEvent =
  /** The Mac proved it, or acknowledged that it set it. */
  | "confirmed"
  /** The Mac said that it does not have it, or never got it. */
  | "refused"
  /** Another one was confirmed. */
  | "replaced"
  /** The Mac reports it again. */
  | "reported";

/**
 * Where a value goes. The law: nothing leaves `current` but for another that was confirmed, or because it went off the Mac:
 * taken off, or with the enrollment; and nothing is ever deleted by an event, only by retention.
 */
export const SLOTS: Readonly<Record<Slot, Readonly<Record<SlotEvent, Slot>>>> = {
  pending: { confirmed: "current", refused: "old", replaced: "old", reported: "pending" },
  current: { confirmed: "current", refused: "current", replaced: "old", reported: "current" },
  old: { confirmed: "current", refused: "old", replaced: "old", reported: "pending" },
};

export const nextSlot = (slot: Slot, event: SlotEvent): Slot => SLOTS[slot][event];

export type RotationState = "scheduled" | "waiting" | "sent" | "validating" | "done" | "failed";

/**
 * How a rotation goes on. `waiting`: for something on the Mac, as a restart. `validating`: the Mac has the new value, and proves
 * it. A rotation that ended can be scheduled again. A password that somebody set by command enters where the Mac has acknowledged.
 */
export const ROTATIONS: Readonly<Record<RotationState, readonly RotationState[]>> = {
  scheduled: ["sent", "waiting", "validating", "done", "failed", "scheduled"],
  sent: ["validating", "waiting", "done", "failed"],
  waiting: ["validating", "done", "failed"],
  validating: ["done", "failed", "scheduled", "sent", "validating"],
  done: ["scheduled"],
  failed: ["scheduled", "validating", "done"],
};

export const isUnderWay = (state: RotationState): boolean =>
  state === "sent" || state === "waiting" || state === "validating";

/** One value in escrow; times in ms. */
export interface SecretRow {
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly slot: Slot;
  readonly sealed: Sealed;
  /** The table that it was sealed for; one that moved here keeps its place. */
  readonly sealedIn: string;
  readonly source: string;
  readonly note: string | null;
  readonly createdAt: number;
  readonly confirmedAt: number | null;
  readonly retiredAt: number | null;
  readonly verifiedAt: number | null;
  readonly verdict: Verdict;
  readonly opens: boolean | null;
  readonly openedAt: number | null;
  readonly revealedAt: number | null;
  readonly rotateAt: number | null;
  /** By which it is known again without being opened; only of what a KMS opens. */
  readonly mark: string | null;
  /** When the KMS is next asked whether it opens it; null for what the server opens. */
  readonly kmsDue: number | null;
  /** Whether the Mac is to prove it once the KMS opened it. */
  readonly isProofDue: boolean;
}

/** Values that a KMS opened before the transaction that needs them, by the id of their row. For as long as that takes. */
export type Opened = ReadonlyMap<string, string>;

export interface RotationRow {
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly state: RotationState;
  /** Why: `asked`, `schedule`, `reveal`, `enrolled`, `runbook`, `command`. */
  readonly reason: string;
  readonly dueAt: number;
  readonly since: number;
  readonly error: string | null;
}

/** What was asked of a Mac, by the id of the command or order that asks. */
export interface AskRow {
  readonly ref: string;
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly purpose: AskPurpose;
  /** The value that it is about: the one that is set, or proved. */
  readonly secretId: string | null;
  /** The certificate of ours that the answer is encrypted to. Of `set`: the value that was pending before. */
  readonly keyId: string | null;
}
export type AskPurpose =
  | "rotate"
  | "set"
  | "clear"
  | "verify"
  | "read"
  | "fetch"
  | "profile"
  | "status"
  | "account"
  | "update";

export const toTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
