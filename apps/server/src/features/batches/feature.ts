import type { BatchId } from "@pomona/facts";
import type { Feature, Kernel } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type ApprovalPort, type CommandsFeature, noApproval, type UndoPolicy } from "../commands/index.ts";
import { batchActions, moveBatch } from "./batch-actions.ts";
import { batchMigrations, readBatch } from "./batches.sql.ts";
import { heldBatches } from "./held-batches.ts";
import { BatchRunner } from "./run-batches.job.ts";

export interface BatchesPorts {
  readonly commands: Pick<CommandsFeature, "slices" | "addHeldSource">;
  readonly approval?: ApprovalPort;
  readonly undo?: UndoPolicy;
}

export interface BatchesFeature {
  readonly feature: Feature;
  /** A second person agreed. @returns whether the batch waited for that */
  readonly release: (tx: WriteTransaction, id: BatchId) => Promise<boolean>;
}

export function createBatches(kernel: Kernel, ports: BatchesPorts): BatchesFeature {
  const { approval = noApproval, undo = { windowMs: async () => 0 } } = ports;
  const { slices, addHeldSource } = ports.commands;
  const runner = new BatchRunner({ kernel, slices });
  const nudge = () => void runner.job.run();
  addHeldSource(heldBatches);
  return {
    release: async (tx, id) => {
      const row = await readBatch(tx, id);
      if (row?.state !== "held" || row.hold !== "approval") return false;
      // Its undo window, if it is still open, goes on.
      await moveBatch(tx, row, row.startsAt > tx.now ? "waiting" : "running", null);
      tx.afterCommit(nudge);
      return true;
    },
    feature: {
      name: "batches",
      migrations: batchMigrations,
      actions: batchActions({ kernel, slices, approval, undo, nudge }),
      jobs: [runner.job, runner.tellProgress],
      start: () => runner.resume(),
      stop: () => runner.stop(),
    },
  };
}
