import type { BatchId, DeviceId, TenantId } from "@pomona/facts";
import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { BatchSlices } from "../commands/index.ts";
import { shown, tell } from "./batch-actions.ts";
import { insertRefusals, readBatch, readOpenBatches, readTargets, updateBatch } from "./batches.sql.ts";
import { giveWay } from "./choose-targets.ts";
import { BATCH_STATES, type BatchRow } from "./model.ts";

/** Macs in one write: a few milliseconds, for which all other writers wait. */
const SLICE = 25;

interface RunnerParts {
  readonly kernel: Kernel;
  readonly slices: BatchSlices;
}

/**
 * Carries batches out, a slice of each in turn. Each slice is one transaction that queues commands and moves the batch's
 * place, so that a batch goes on after a crash where its last commit left it: nothing is lost and nothing is queued twice.
 */
export class BatchRunner {
  readonly #parts: RunnerParts;
  /** Targets of batches that run; their row is read once. */
  readonly #targets = new Map<BatchId, readonly DeviceId[]>();
  #work: Promise<void> | undefined;
  #isStopped = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Starts the work and does not wait for it: a server that stops need not either, see {@link stop}. */
  readonly job: Job = {
    name: "batches/run",
    everyMs: 500,
    run: async () => {
      this.run().catch((error: unknown) => this.#parts.kernel.log.error("batches.stuck", { error: String(error) }));
    },
  };

  /** Works until nothing can be done at this moment. */
  run(): Promise<void> {
    this.#work ??= this.#rounds().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  /** The slice under way is finished; what is left goes on after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work?.catch(() => {});
  }

  async #rounds(): Promise<void> {
    while (!this.#isStopped && (await this.#round()));
  }

  async #round(): Promise<boolean> {
    const { kernel } = this.#parts;
    const open = await kernel.store.read(systemScope(PLATFORM, "batches"), readOpenBatches);
    let didWork = false;
    for (const { tenantId, batch } of open) {
      if (this.#isStopped) return false;
      if (batch.sweep !== null) didWork = (await this.#sweep(tenantId, batch)) || didWork;
      else if (batch.state === "running" || (batch.state === "waiting" && batch.startsAt <= kernel.clock.now()))
        didWork = (await this.#advance(tenantId, batch)) || didWork;
      await giveWay();
    }
    return didWork;
  }

  async #advance(tenantId: TenantId, { id }: BatchRow): Promise<boolean> {
    const { kernel, slices } = this.#parts;
    const scope = systemScope(tenantId, "batches");
    let targets = this.#targets.get(id);
    if (targets === undefined) {
      targets = await kernel.store.read(scope, (tx) => readTargets(tx, id));
      this.#targets.set(id, targets);
    }
    const ids = targets;
    return kernel.store.write(scope, async (tx) => {
      // Read again: it may have been paused since.
      const row = await readBatch(tx, id);
      if (row === undefined || row.sweep !== null || !["running", "waiting"].includes(row.state)) return false;
      const slice = ids.slice(row.cursor, row.cursor + SLICE);
      const refused = await slices.enqueue(tx, { ...row, batchId: id }, slice);
      await insertRefusals(tx, id, refused);
      const cursor = row.cursor + slice.length;
      const isQueued = cursor >= row.total;
      const state = isQueued ? BATCH_STATES.running.queued! : "running";
      await updateBatch(tx, id, { cursor, state });
      if (isQueued || row.state !== state) await tell(tx, { ...row, state }, { acknowledged: 0, failed: 0 });
      tx.afterCommit(() => {
        this.#untold.set(id, tenantId);
        if (isQueued) this.#targets.delete(id);
      });
      return true;
    });
  }

  async #sweep(tenantId: TenantId, { id }: BatchRow): Promise<boolean> {
    const { kernel, slices } = this.#parts;
    return kernel.store.write(systemScope(tenantId, "batches"), async (tx) => {
      const row = await readBatch(tx, id);
      if (row === undefined || row.sweep === null) return false;
      const why = "its batch was cancelled";
      const done =
        row.sweep === "hold"
          ? await slices.hold(tx, id, SLICE * 4)
          : row.sweep === "release"
            ? await slices.release(tx, id, SLICE * 4)
            : await slices.cancel(tx, id, SLICE, why);
      if (done < SLICE) await updateBatch(tx, id, { sweep: null });
      tx.afterCommit(() => this.#untold.set(id, tenantId));
      return true;
    });
  }

  readonly #untold = new Map<BatchId, TenantId>();

  /** Tells of progress, at most once in two seconds for each batch, and ends those whose commands have all ended. */
  readonly tellProgress: Job = {
    name: "batches/tell-progress",
    everyMs: 2000,
    run: async () => {
      const { kernel, slices } = this.#parts;
      for (const [id, tenantId] of slices.takeTouched()) this.#untold.set(id, tenantId);
      const untold = [...this.#untold];
      this.#untold.clear();
      for (const [id, tenantId] of untold)
        await kernel.store.write(systemScope(tenantId, "batches"), (tx) => this.#tellOne(tx, id));
    },
  };

  /** After a start: what was open may have ended while nobody listened. */
  async resume(): Promise<void> {
    const open = await this.#parts.kernel.store.read(systemScope(PLATFORM, "batches"), readOpenBatches);
    for (const { tenantId, batch } of open) this.#untold.set(batch.id, tenantId);
  }

  async #tellOne(tx: WriteTransaction, id: BatchId): Promise<void> {
    const row = await readBatch(tx, id);
    if (row === undefined) return;
    const { progress } = await shown(this.#parts, tx, row);
    const isOver = row.state === "sending" && progress.queued + progress.sent + progress.notNow === 0;
    const state = isOver ? BATCH_STATES.sending.end! : row.state;
    const told = JSON.stringify({ state, ...progress });
    if (told === row.told) return;
    await updateBatch(tx, id, { told, state, ...(isOver ? { finishedAt: tx.now } : {}) });
    const failed = progress.failed + progress.expired + progress.notPossible;
    await tell(tx, { ...row, state }, { acknowledged: progress.acknowledged, failed });
  }
}
