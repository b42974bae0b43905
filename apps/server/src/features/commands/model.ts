import type { Command } from "@pomona/contract";
import type { CommandId, CommandState, DeviceId } from "@pomona/facts";

export type Lane = "urgent" | "normal" | "background";
/** Lower is served first. */
export const LANE_RANK: Readonly<Record<Lane, number>> = { urgent: 0, normal: 1, background: 2 };
export const laneOf = (rank: number): Lane => (rank === 0 ? "urgent" : rank === 1 ? "normal" : "background");

/** A command in the queue or in the history; times in ms. */
export interface CommandRow {
  readonly id: CommandId;
  readonly deviceId: DeviceId;
  readonly commandUuid: string;
  readonly requestType: string;
  readonly state: CommandState;
  readonly lane: number;
  readonly createdAt: number;
  readonly sentAt: number | null;
  readonly answeredAt: number | null;
  readonly expiresAt: number | null;
  readonly notNowCount: number;
  readonly actor: string;
  readonly error: string | null;
  /** JSON of the input, with sealed fields in the place of secrets. */
  readonly input: string;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const toCommand = (row: CommandRow): Command => ({
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
  waitsFor: waitsFor(row),
});

function waitsFor({ state, notNowCount }: CommandRow): string | null {
  switch (state) {
    case "queued":
      return "the Mac to ask for it";
    case "sent":
      return "the Mac's answer";
    case "notNow":
      return `a better moment: the Mac said "not now"${notNowCount > 1 ? ` ${notNowCount} times` : ""}`;
    default:
      return null;
  }
}

/** Without an answer for this long a command is given up, unless told otherwise, in ms. */
export const DEFAULT_TTL_MS = 30 * 86_400_000;

/** When to wake a Mac again that said "not now" for the nth time: a minute, doubled up to a quarter of an hour, in ms. */
export const notNowDelay = (count: number): number => Math.min(60_000 * 2 ** Math.max(0, count - 1), 900_000);
