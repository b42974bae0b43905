import { asId, type BatchId, type DeviceId, type TenantId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readEnrollmentsOfDevices } from "../enrollment/index.ts";
import {
  countByState,
  countFailures,
  holdUnsent,
  insertBatchInput,
  readInput,
  readUnsent,
  releasePaused,
} from "./batch-rows.sql.ts";
import { checkInput, openInput, packInput } from "./command-input.ts";
import { readBatchCommands } from "./command-lists.sql.ts";
import type { CommandQueue } from "./command-queue.ts";
import { insertCommand } from "./commands.sql.ts";
import { definitionOf } from "./definitions.ts";
import { DEVICE_CHANNEL, defaultLane, KEPT_INPUT_MS, type Lane } from "./model.ts";
import { NOT_ENROLLED } from "./possible.ts";

/** One command for many Macs. */
export interface BatchOrder {
  readonly batchId: BatchId;
  readonly requestType: string;
  readonly commandUuid: string;
  readonly lane: Lane;
  readonly ttlMs: number;
  readonly actor: string;
}
export interface Refused {
  readonly deviceId: DeviceId;
  readonly reason: string;
}

/**
 * The queue as batches use it: many rows in one write, no fact and no audit entry for each, the input kept once. Every method
 * is one slice; whoever calls it decides how long a slice may be, for other writers wait for it.
 */
export class BatchSlices {
  readonly #kernel: Kernel;
  readonly #queue: CommandQueue;

  constructor(kernel: Kernel, queue: CommandQueue) {
    this.#kernel = kernel;
    this.#queue = queue;
  }

  /** What the command may do at worst, and the lane that it has by itself. @throws PomonaError like `enqueue` */
  check(requestType: string, input: unknown) {
    const definition = definitionOf({ requestType });
    checkInput(definition, input);
    return { risk: definition.risk, lane: defaultLane(definition.risk) };
  }

  async keepInput(tx: WriteTransaction, order: BatchOrder, input: Readonly<Record<string, unknown>>): Promise<void> {
    const definition = definitionOf(order);
    const packed = packInput(this.#kernel.vault, tx.scope.tenantId, order.batchId, definition, input);
    await insertBatchInput(tx, order.batchId, packed, tx.now + order.ttlMs + KEPT_INPUT_MS);
  }

  /** Why Macs cannot take a command; those that can are not in it. */
  async refusals(
    tx: ReadTransaction | WriteTransaction,
    requestType: string,
    deviceIds: readonly DeviceId[],
  ): Promise<readonly Refused[]> {
    const { possibility } = this.#queue;
    const enrollments = await readEnrollmentsOfDevices(tx, deviceIds);
    const refused: Refused[] = [];
    for (const deviceId of deviceIds) {
      const enrollment = enrollments.get(deviceId);
      const command = { requestType, isRaw: false, deviceId, channel: DEVICE_CHANNEL };
      const reason = enrollment === undefined ? NOT_ENROLLED : await possibility.objection(tx, command, enrollment);
      if (reason !== undefined) refused.push({ deviceId, reason });
    }
    return refused;
  }

  /** Queues the command for some Macs. @returns those that cannot take it */
  async enqueue(tx: WriteTransaction, order: BatchOrder, deviceIds: readonly DeviceId[]): Promise<readonly Refused[]> {
    const { batchId, requestType, commandUuid, lane, ttlMs, actor } = order;
    const refused = await this.refusals(tx, requestType, deviceIds);
    const out = new Set(refused.map(({ deviceId }) => deviceId));
    const packed = { notBefore: null, hold: null, batchId, retryOf: null };
    // Opened once for all, and only where somebody looks at it.
    const payload = this.#queue.isSeen(requestType) ? await this.#openPayload(tx, order) : undefined;
    for (const deviceId of deviceIds) {
      if (out.has(deviceId)) continue;
      const row = { deviceId, requestType, commandUuid, lane, ttlMs, actor, channel: DEVICE_CHANNEL, packed };
      const queued = { ...this.#queue.row(tx, definitionOf({ requestType }), row), input: "" };
      await insertCommand(tx, queued);
      if (payload !== undefined) await this.#queue.noteQueued(tx, { id: queued.id, deviceId, requestType, payload });
      this.#queue.wakeAfterCommit(tx, { deviceId, channel: DEVICE_CHANNEL, notBefore: null });
    }
    return refused;
  }

  async #openPayload(tx: WriteTransaction, { batchId, requestType }: BatchOrder) {
    const kept = await readInput(tx, { id: asId<"command">(batchId), batchId, input: "" });
    const definition = definitionOf({ requestType });
    return definition.payload(openInput(this.#kernel.vault, tx.scope.tenantId, kept, definition));
  }

  readonly commands = readBatchCommands;
  readonly countByState = countByState;
  readonly countFailures = countFailures;
  readonly hold = holdUnsent;

  /** @returns how many; fewer than `limit` when none is left */
  async release(tx: WriteTransaction, batchId: BatchId, limit: number): Promise<number> {
    const queues = await releasePaused(tx, batchId, limit);
    for (const { deviceId, channel } of queues) this.#queue.wakeAfterCommit(tx, { deviceId, channel, notBefore: null });
    return queues.length;
  }

  /** @returns how many; fewer than `limit` when none is left */
  async cancel(tx: WriteTransaction, batchId: BatchId, limit: number, why: string): Promise<number> {
    const rows = await readUnsent(tx, batchId, limit);
    for (const row of rows) await this.#queue.end(tx, row, "cancelled", { error: why, isQuiet: true });
    return rows.length;
  }

  /** Batches of which something was sent or ended since the last call. */
  takeTouched(): ReadonlyMap<BatchId, TenantId> {
    return this.#queue.takeTouchedBatches();
  }
}
