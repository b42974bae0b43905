/** A message that was taken in. `signedAt` is what its signer claims, `at` our own time; both in ms. */
export interface SeenMessage {
  /** Over what was signed: the same for every way in which one signature can be written down. */
  readonly print: string;
  readonly signedAt: number | undefined;
  readonly at: number;
}

export type MessageKind = "authenticate" | "checkIn" | "report";

/** What is known of one sender's messages: the latest of each kind, and the newest time that it claimed. */
export interface SenderMemory {
  readonly newest: number | undefined;
  /** The newest signing time among those that were forgotten: what is older cannot be told from them. */
  readonly checkInFloor: number | undefined;
  readonly reportFloor: number | undefined;
  readonly authenticates: readonly SeenMessage[];
  readonly checkIns: readonly SeenMessage[];
  readonly reports: readonly SeenMessage[];
}

export const EMPTY_MEMORY: SenderMemory = {
  newest: undefined,
  checkInFloor: undefined,
  reportFloor: undefined,
  authenticates: [],
  checkIns: [],
  reports: [],
};

/**
 * `fresh`: never seen. `repeat`: seen less than five minutes ago, a retry. `replay`: seen before that. `stale`: never seen,
 * but signed well before the newest of this sender.
 */
export type ReplayVerdict = "fresh" | "repeat" | "replay" | "stale";

const WINDOW_MS = 300_000;
const KEPT: Readonly<Record<MessageKind, number>> = { authenticate: 8, checkIn: 32, report: 16 };

/** The Mac's clock is only compared with itself: a clock that is a day off, on either side, makes nothing old. */
export function judgeMessage(
  memory: SenderMemory,
  message: Omit<SeenMessage, "at">,
  kind: MessageKind,
  now: number,
): ReplayVerdict {
  const { print, signedAt } = message;
  const seen = listOf(memory, kind).find((candidate) => candidate.print === print);
  if (seen !== undefined) return now - seen.at > WINDOW_MS ? "replay" : "repeat";
  if (signedAt === undefined) return "fresh";
  if (memory.newest !== undefined && signedAt < memory.newest - WINDOW_MS) return "stale";
  const floor = kind === "report" ? memory.reportFloor : memory.checkInFloor;
  return floor !== undefined && signedAt < floor ? "stale" : "fresh";
}

/** @param isClockSet the message proves that the sender's clock was put back: what it claims is the newest from now on */
export function rememberMessage(
  memory: SenderMemory,
  message: SeenMessage,
  kind: MessageKind,
  isClockSet = false,
): SenderMemory {
  const held = listOf(memory, kind);
  if (held.some(({ print }) => print === message.print)) return memory;
  const { signedAt } = message;
  const kept = [...held, message];
  const dropped = kept.length > KEPT[kind] ? kept.shift() : undefined;
  const newest =
    signedAt === undefined ? memory.newest : isClockSet ? signedAt : Math.max(memory.newest ?? signedAt, signedAt);
  const raised = (floor: number | undefined) =>
    dropped?.signedAt === undefined ? floor : Math.max(floor ?? dropped.signedAt, dropped.signedAt);
  switch (kind) {
    case "authenticate":
      return { ...memory, newest, authenticates: kept };
    case "checkIn":
      return { ...memory, newest, checkIns: kept, checkInFloor: raised(memory.checkInFloor) };
    case "report":
      return { ...memory, newest, reports: kept, reportFloor: raised(memory.reportFloor) };
  }
}

function listOf(memory: SenderMemory, kind: MessageKind): readonly SeenMessage[] {
  switch (kind) {
    case "authenticate":
      return memory.authenticates;
    case "checkIn":
      return memory.checkIns;
    case "report":
      return memory.reports;
  }
}
