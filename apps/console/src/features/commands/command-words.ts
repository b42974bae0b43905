import type { Command } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

const WORDS: Record<Command["state"], readonly [word: string, tone: Tone]> = {
  queued: ["Pending", "progress"],
  sent: ["Sent", "progress"],
  notNow: ["Not now", "attention"],
  acknowledged: ["Acknowledged", "good"],
  error: ["Failed", "act"],
  formatError: ["Not understood", "act"],
  expired: ["Expired", "unknown"],
  cancelled: ["Cancelled", "unknown"],
};

/** A command's state, and why it is so: what it waits for, or what went wrong. */
export const commandWord = (
  command: Pick<Command, "state" | "waitsFor" | "error">,
): { word: string; tone: Tone; why: string | null } => {
  const [word, tone] = WORDS[command.state];
  return { word, tone, why: command.waitsFor ?? command.error };
};

/** Only what has not left can be taken back. */
export const isCancellable = (state: Command["state"]): boolean => state === "queued" || state === "notNow";

const RETRYABLE: readonly Command["state"][] = ["error", "formatError", "expired"];

/** What failed or was given up is sent again once, as a new command. */
export const isRetryable = ({ state, retriedBy }: Pick<Command, "state" | "retriedBy">): boolean =>
  RETRYABLE.includes(state) && retriedBy === null;

/** Whether it can still be taken back before anything leaves; `now` is in ms. */
export const isInUndoWindow = (
  { state, hold, notBefore }: Pick<Command, "state" | "hold" | "notBefore">,
  now: number,
): boolean => state === "queued" && hold === null && notBefore !== null && Date.parse(notBefore) > now;

/** Why a command was given up without an answer. */
export const DEAD_LETTERS: Record<
  NonNullable<Command["deadLetter"]>,
  { readonly word: string; readonly tone: Tone }
> = {
  unanswered: { word: "Never answered", tone: "act" },
  expired: { word: "Out of time", tone: "attention" },
};
