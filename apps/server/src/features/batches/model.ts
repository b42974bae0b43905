import type { Batch, Risk } from "@pomona/contract";
import type { BatchId } from "@pomona/facts";
import { type Lane, riskToOne } from "../commands/index.ts";

export type BatchState = Batch["state"];
/** What still has to be done to the commands of a batch, in slices. */
export type Sweep = "hold" | "release" | "cancel";

/** What may be done to a batch in each state, and what it becomes; a pair that is missing is refused. */
export const BATCH_STATES: Readonly<Record<BatchState, Partial<Record<BatchEvent, BatchState>>>> = {
  waiting: { start: "running", hold: "held", pause: "paused", cancel: "cancelled" },
  held: { release: "running", cancel: "cancelled" },
  running: { queued: "sending", hold: "held", pause: "paused", cancel: "cancelled" },
  paused: { resume: "running", cancel: "cancelled" },
  sending: { pause: "paused", cancel: "cancelled", end: "done" },
  cancelled: {},
  done: {},
};
export type BatchEvent = "start" | "hold" | "release" | "queued" | "pause" | "resume" | "cancel" | "end";

/** To many Macs at once even an ordinary change is counted as what changes a fleet; a question counts as a change, as it does to one. */
export const riskToMany = (risk: Risk): Risk => (risk === "change" ? "rootEquivalent" : riskToOne(risk));

/** How long a change of many Macs can be taken back, at least. */
export const LEAST_UNDO_MS = 30_000;

/** One command to many Macs; times in ms. */
export interface BatchRow {
  readonly id: BatchId;
  readonly name: string;
  readonly requestType: string;
  readonly commandUuid: string;
  readonly state: BatchState;
  /** Why it is held. */
  readonly hold: "approval" | "restored" | null;
  readonly lane: Lane;
  readonly ttlMs: number;
  readonly createdAt: number;
  readonly startsAt: number;
  readonly finishedAt: number | null;
  readonly actor: string;
  readonly total: number;
  /** How many of its Macs were looked at, in the order of the targets. */
  readonly cursor: number;
  readonly sweep: Sweep | null;
  /** The progress that was last told. */
  readonly told: string;
}

export interface BatchCounts {
  readonly commands: ReadonlyMap<string, number>;
  readonly failures: readonly { readonly reason: string; readonly devices: number }[];
  readonly refusals: readonly { readonly reason: string; readonly devices: number }[];
}

const time = (ms: number): string => new Date(ms).toISOString();

export function toBatch(row: BatchRow, counts: BatchCounts): Batch {
  const of = (...states: readonly string[]): number =>
    states.reduce((sum, state) => sum + (counts.commands.get(state) ?? 0), 0);
  return {
    id: row.id,
    name: row.name,
    requestType: row.requestType,
    commandUuid: row.commandUuid,
    state: row.state,
    waitsFor: waitsFor(row),
    hold: row.hold,
    lane: row.lane,
    createdAt: time(row.createdAt),
    startsAt: time(row.startsAt),
    finishedAt: row.finishedAt === null ? null : time(row.finishedAt),
    actor: row.actor,
    total: row.total,
    progress: {
      waiting: row.total - row.cursor,
      queued: of("queued"),
      sent: of("sent"),
      notNow: of("notNow"),
      acknowledged: of("acknowledged"),
      failed: of("error", "formatError"),
      expired: of("expired"),
      cancelled: of("cancelled"),
      notPossible: counts.refusals.reduce((sum, { devices }) => sum + devices, 0),
    },
    failures: [...counts.failures],
    refusals: [...counts.refusals],
  };
}

function waitsFor({ state, hold, startsAt }: BatchRow): string | null {
  switch (state) {
    case "waiting":
      return `the end of its undo window at ${time(startsAt)}; until then it can be cancelled whole`;
    case "held":
      return hold === "restored" ? "a person to release what a restored backup holds" : "a second person to approve it";
    case "running":
      return "its commands to be queued";
    case "paused":
      return "someone to resume it";
    case "sending":
      return "the Macs to ask and to answer";
    default:
      return null;
  }
}
