import { findDefinition, type HeldSource } from "../commands/index.ts";
import { moveBatch } from "./batch-actions.ts";
import { holdBatches, readRestoredBatches } from "./batches.sql.ts";
import { riskToMany } from "./model.ts";

const ALL = 100_000;

/** Batches that were being queued when the backup was made: they go on only when someone says so. */
export const heldBatches: HeldSource = {
  kind: "batch",
  hold: holdBatches,
  count: async (tx) => (await readRestoredBatches(tx, ALL)).length,
  list: async (tx, limit) =>
    (await readRestoredBatches(tx, limit)).map((batch) => ({
      kind: "batch" as const,
      id: batch.id,
      deviceId: null,
      type: batch.requestType,
      risk: riskToMany(findDefinition(batch)?.risk ?? "rootEquivalent"),
      devices: batch.total - batch.cursor,
      actor: batch.actor,
      createdAt: batch.createdAt,
      expiresAt: null,
    })),
  release: async (tx) => {
    const held = await readRestoredBatches(tx, ALL);
    for (const batch of held) await moveBatch(tx, batch, "running", null);
    return held.length;
  },
  discard: async (tx, ids) => {
    const held = (await readRestoredBatches(tx, ALL)).filter(({ id }) => ids?.includes(id) ?? true);
    for (const batch of held) await moveBatch(tx, batch, "cancelled", "cancel");
    return held.length;
  },
};
