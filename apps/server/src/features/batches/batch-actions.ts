import { randomUUID } from "node:crypto";
import {
  type Batch,
  cancelBatch,
  createBatch,
  type InputOf,
  listBatchCommands,
  listBatches,
  listRefused,
  pauseBatch,
  previewBatch,
  type Risk,
  resumeBatch,
  showBatch,
} from "@pomona/contract";
import { asId, type BatchId, type CommandState } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { newId } from "../../kernel/clock.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { Scope } from "../../kernel/scope.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { type ApprovalPort, type BatchSlices, DEFAULT_TTL_MS, pageOfMacs, type UndoPolicy } from "../commands/index.ts";
import { readDeviceNames } from "../devices/index.ts";
import { countRefusals, insertBatch, readBatch, readBatches, readRefusals, updateBatch } from "./batches.sql.ts";
import { chooseTargets, giveWay, piecesOf, type Targets } from "./choose-targets.ts";
import {
  BATCH_STATES,
  type BatchEvent,
  type BatchRow,
  LEAST_UNDO_MS,
  riskToMany,
  type Sweep,
  toBatch,
} from "./model.ts";

export interface BatchParts {
  readonly kernel: Kernel;
  readonly slices: BatchSlices;
  readonly approval: ApprovalPort;
  readonly undo: UndoPolicy;
  /** There is something to do: the runner need not wait for its time. */
  readonly nudge: () => void;
}

/** What people ask for, in states of commands. */
const COMMAND_STATES: Readonly<
  Record<NonNullable<InputOf<typeof listBatchCommands>["state"]>, readonly CommandState[]>
> = {
  open: ["queued", "sent", "notNow"],
  acknowledged: ["acknowledged"],
  failed: ["error", "formatError"],
  expired: ["expired"],
  cancelled: ["cancelled"],
};

const riskOf = (parts: BatchParts, { requestType, input = {} }: InputOf<typeof previewBatch>): Risk => {
  return riskToMany(parts.slices.check(requestType, input).risk);
};

export const batchActions = (parts: BatchParts): readonly BoundAction[] => [
  bindAction(previewBatch, {
    prepare: (scope, input) => preview(parts, scope, input),
    run: async ({ prepared }) => prepared,
  }),

  bindAction(createBatch, {
    prepare: (scope, input) => {
      // What cannot be sent at all is refused before anything is counted.
      parts.slices.check(input.requestType, input.input ?? {});
      return chooseTargets(parts.kernel, scope, input);
    },
    riskOf: (input) => riskOf(parts, input),
    devicesTouched: (_input, { deviceIds }) => deviceIds.length,
    run: ({ tx, prepared }, input) => create(parts, tx, input, prepared),
  }),

  bindAction(listBatches, {
    run: async ({ tx }, { limit = 50, cursor }) => {
      const rows = await readBatches(tx, cursor, limit + 1);
      const items: Batch[] = [];
      for (const row of rows.slice(0, limit)) items.push(await shown(parts, tx, row));
      return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
    },
  }),

  bindAction(showBatch, { run: async ({ tx }, { batchId }) => shown(parts, tx, await find(tx, batchId)) }),

  bindAction(listRefused, {
    run: async ({ tx }, { batchId, limit = 100, cursor }) => {
      const { id } = await find(tx, batchId);
      const rows = await readRefusals(tx, id, cursor, limit + 1);
      const shownRows = rows.slice(0, limit);
      const ids = shownRows.map(({ deviceId }) => deviceId);
      const names = await readDeviceNames(tx, ids);
      const items = shownRows.map((row) => ({ ...row, deviceName: names.get(row.deviceId) ?? row.deviceId }));
      return { items, nextCursor: rows.length > limit ? items.at(-1)!.deviceId : null };
    },
  }),

  bindAction(listBatchCommands, {
    run: async ({ tx }, { batchId, limit = 100, cursor, state }) => {
      const { id } = await find(tx, batchId);
      const states = state === undefined ? undefined : COMMAND_STATES[state];
      return pageOfMacs(tx, await parts.slices.commands(tx, id, { before: cursor, limit: limit + 1, states }), limit);
    },
  }),

  bindAction(pauseBatch, { run: ({ tx }, { batchId }) => change(parts, tx, batchId, "pause", "hold") }),
  bindAction(resumeBatch, { run: ({ tx }, { batchId }) => change(parts, tx, batchId, "resume", "release") }),
  bindAction(cancelBatch, {
    devicesTouched: () => 0,
    run: ({ tx }, { batchId }) => change(parts, tx, batchId, "cancel", "cancel"),
  }),
];

/** What changes many Macs can be taken back for a while, whatever the window of one such command is. */
async function undoMs(parts: BatchParts, tx: ReadTransaction, risk: Risk): Promise<number> {
  const windowMs = await parts.undo.windowMs(tx, risk);
  return risk === "rootEquivalent" ? Math.max(windowMs, LEAST_UNDO_MS) : windowMs;
}

async function preview(parts: BatchParts, scope: Scope, input: InputOf<typeof previewBatch>) {
  const risk = riskOf(parts, input);
  const { deviceIds, unknown } = await chooseTargets(parts.kernel, scope, input);
  return parts.kernel.store.read(scope, async (tx) => {
    const counts = new Map<string, number>();
    for (const piece of piecesOf(deviceIds)) {
      for (const { reason } of await parts.slices.refusals(tx, input.requestType, piece))
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
      await giveWay();
    }
    const refusals = [...counts].map(([reason, devices]) => ({ reason, devices }));
    return {
      total: deviceIds.length,
      possible: deviceIds.length - refusals.reduce((sum, { devices }) => sum + devices, 0),
      refusals: refusals.sort((a, b) => b.devices - a.devices),
      unknown: [...unknown],
      risk,
      undoSeconds: (await undoMs(parts, tx, risk)) / 1000,
    };
  });
}

async function create(
  parts: BatchParts,
  tx: WriteTransaction,
  input: InputOf<typeof createBatch>,
  { deviceIds, unknown }: Targets,
) {
  const { requestType } = input;
  const risk = riskOf(parts, input);
  const isAsked = tx.scope.actor.kind === "person" || tx.scope.actor.kind === "token";
  const asked = { requestType, risk, devices: deviceIds.length };
  const hold = isAsked ? ((await parts.approval.needed(tx, asked)) ?? null) : null;
  const startsAt = tx.now + (isAsked ? await undoMs(parts, tx, risk) : 0);
  const row: BatchRow = {
    id: newId<"batch">(tx.now),
    name: input.name ?? requestType,
    requestType,
    commandUuid: randomUUID().toUpperCase(),
    state: hold === null ? "waiting" : "held",
    hold,
    lane: input.lane ?? parts.slices.check(requestType, input.input ?? {}).lane,
    ttlMs: input.expiresInSeconds === undefined ? DEFAULT_TTL_MS : input.expiresInSeconds * 1000,
    createdAt: tx.now,
    startsAt,
    finishedAt: null,
    actor: tx.scope.actor.name,
    total: deviceIds.length,
    cursor: 0,
    sweep: null,
    told: "",
  };
  await insertBatch(tx, row, deviceIds);
  await parts.slices.keepInput(tx, { ...row, batchId: row.id }, input.input ?? {});
  await tell(tx, row, { acknowledged: 0, failed: 0 });
  tx.afterCommit(parts.nudge);
  return { ...(await shown(parts, tx, row)), unknown: [...unknown] };
}

async function find(tx: ReadTransaction, batchId: string): Promise<BatchRow> {
  const row = await readBatch(tx, batchId);
  if (row === undefined) throw notFound("batch", batchId);
  return row;
}

async function change(
  parts: BatchParts,
  tx: WriteTransaction,
  batchId: string,
  event: BatchEvent,
  sweep: Sweep,
): Promise<Batch> {
  const row = await find(tx, batchId);
  const state = BATCH_STATES[row.state][event];
  if (state === undefined)
    throw new PomonaError("conflict", "batch.wrong-state", `This batch is ${row.state}; it cannot ${event} now.`);
  const changed = await moveBatch(tx, row, state, sweep);
  await tell(tx, changed, { acknowledged: 0, failed: 0 });
  tx.afterCommit(parts.nudge);
  return shown(parts, tx, changed);
}

/** A new state, with what it means for the commands that exist. */
export async function moveBatch(
  tx: WriteTransaction,
  row: BatchRow,
  state: BatchRow["state"],
  sweep: Sweep | null,
): Promise<BatchRow> {
  const finishedAt = state === "cancelled" ? tx.now : null;
  await updateBatch(tx, row.id, { state, sweep, hold: null, ...(finishedAt === null ? {} : { finishedAt }) });
  return { ...row, state, sweep, hold: null, finishedAt };
}

export const tell = (
  tx: WriteTransaction,
  { id, state, total }: BatchRow,
  counts: { readonly acknowledged: number; readonly failed: number },
): Promise<void> => tx.publish({ type: "batch.changed", data: { batchId: id, state, total, ...counts } });

export async function shown(parts: Pick<BatchParts, "slices">, tx: ReadTransaction, row: BatchRow): Promise<Batch> {
  const id: BatchId = asId<"batch">(row.id);
  return toBatch(row, {
    commands: await parts.slices.countByState(tx, id),
    failures: await parts.slices.countFailures(tx, id),
    refusals: await countRefusals(tx, id),
  });
}
