import type { Command, Risk } from "@pomona/contract";
import type { BatchId, CommandId, CommandState, DeviceId } from "@pomona/facts";

export type Lane = "urgent" | "normal" | "background";
/** Lower is served first. */
export const LANE_RANK: Readonly<Record<Lane, number>> = { urgent: 0, normal: 1, background: 2 };
export const laneOf = (rank: number): Lane => (rank === 0 ? "urgent" : rank === 1 ? "normal" : "background");
/** What sending it is counted as: a question changes nothing on the Mac, but takes a place in its queue. */
export const riskToOne = (risk: Risk): Risk => (risk === "read" ? "change" : risk);

/** What destroys is meant to happen now: a lock overtakes a night of NotNow. */
export const defaultLane = (risk: Risk): Lane => (risk === "destructive" ? "urgent" : "normal");

/** The device channel's name in the queue; a user's channel has its identifier (`UDID:UserID`). */
export const DEVICE_CHANNEL = "";

/**
 * Why a command waits for a person: a second one has to approve it, a restored backup holds it (and what held it before
 * comes after), its batch is paused.
 */
export type Hold = "approval" | "paused" | "restored" | `restored ${"approval" | "paused"}`;
/** Why a command was given up. */
export type DeadLetter = "unanswered" | "expired";

/** A command in the queue or in the history; times in ms. */
export interface CommandRow {
  readonly id: CommandId;
  readonly deviceId: DeviceId;
  /** {@link DEVICE_CHANNEL} or a user channel's identifier. */
  readonly channel: string;
  readonly commandUuid: string;
  readonly requestType: string;
  readonly state: CommandState;
  readonly lane: number;
  readonly createdAt: number;
  readonly sentAt: number | null;
  readonly answeredAt: number | null;
  readonly expiresAt: number | null;
  readonly notNowCount: number;
  /** Sendings since the Mac last said anything about it. */
  readonly sendCount: number;
  readonly actor: string;
  readonly error: string | null;
  /** JSON of the input, with sealed fields in the place of secrets. */
  readonly input: string;
  readonly notBefore: number | null;
  readonly hold: Hold | null;
  readonly batchId: BatchId | null;
  readonly isRaw: boolean;
  readonly dead: DeadLetter | null;
  readonly retryOf: CommandId | null;
  readonly retriedBy: CommandId | null;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** @param now for how long it has been waiting */
export const toCommand = (row: CommandRow, now: number): Command => ({
  id: row.id,
  deviceId: row.deviceId,
  commandUuid: row.commandUuid,
  requestType: row.requestType,
  state: row.state,
  lane: laneOf(row.lane),
  createdAt: new Date(row.createdAt).toISOString(),
  sentAt: time(row.sentAt),
  answeredAt: time(row.answeredAt),
  expiresAt: time(row.expiresAt),
  notNowCount: row.notNowCount,
  actor: row.actor,
  error: row.error,
  waitsFor: waitsFor(row, now),
  channel: row.channel === DEVICE_CHANNEL ? null : row.channel,
  sendCount: row.sendCount,
  notBefore: time(row.notBefore),
  hold: row.hold,
  batchId: row.batchId,
  isRaw: row.isRaw,
  deadLetter: row.dead,
  retryOf: row.retryOf,
  retriedBy: row.retriedBy,
});

export function waitsFor(row: CommandRow, now: number): string | null {
  if (row.answeredAt !== null) return null;
  if (row.hold !== null) return holdWords(row.hold);
  if (row.notBefore !== null && row.notBefore > now)
    return `the end of its undo window at ${new Date(row.notBefore).toISOString()}; until then it can be cancelled`;
  switch (row.state) {
    case "queued":
      return "the Mac to ask for it";
    case "sent":
      return row.sendCount > 1 ? `the Mac's answer; it was sent ${row.sendCount} times` : "the Mac's answer";
    case "notNow": {
      const count = row.notNowCount > 1 ? ` ${row.notNowCount} times` : "";
      return `a better moment: the Mac said "not now"${count} in ${ageWords(now - row.createdAt)}`;
    }
    default:
      return null;
  }
}

function holdWords(hold: Hold): string {
  if (hold.startsWith("restored")) return "a person to release what a restored backup holds";
  return hold === "approval" ? "a second person to approve it" : "its batch, which is paused";
}

/** "3 minutes", "9 hours", "2 days": for people, so without fractions. */
export function ageWords(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  const [count, unit] =
    minutes < 120
      ? [minutes, "minute"]
      : minutes < 2880
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / 1440), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Without an answer for this long a command is given up, unless told otherwise, in ms. */
export const DEFAULT_TTL_MS = 30 * 86_400_000;

/** Sendings without any answer after which a command is given up, so that those behind it get their turn. */
export const MAX_SENDINGS = 6;
/** Two sendings nearer to each other than this count as one: a Mac that lost an answer asks again at once. In ms. */
export const RESEND_MS = 30_000;
/** How long the input of a failed command is kept so that it can be repeated, in ms. */
export const KEPT_INPUT_MS = 30 * 86_400_000;

/** The last count at which a Mac is woken for a postponed command; it is offered at its polls for as long as it lives. */
const LAST_NOT_NOW_WAKE = 60;
/**
 * When to wake a Mac again that said "not now" for the nth time, in ms: a minute, doubled up to a quarter of an hour, from
 * the twelfth time on an hour, and after that no more.
 */
export function notNowDelay(count: number): number | null {
  if (count >= LAST_NOT_NOW_WAKE) return null;
  return count >= 12 ? 3_600_000 : Math.min(60_000 * 2 ** Math.max(0, count - 1), 900_000);
}

/** Until a Mac is woken again that has commands and does not ask for them, or does not answer; the last one repeats. In ms. */
const WAKE_GAPS_MS = [300_000, 900_000, 3_600_000, 14_400_000, 43_200_000, 86_400_000];
export const wakeGap = (tries: number): number => WAKE_GAPS_MS[Math.min(tries, WAKE_GAPS_MS.length - 1)]!;

export const UNANSWERED =
  `It was sent ${MAX_SENDINGS} times and the Mac never answered, so it was put aside for those behind it. ` +
  "Restart the Mac or look at its log, then retry the command.";
export const TOO_LATE =
  "It was not answered in time. Check that the Mac is on and reaches this server, then retry the command.";
