import { asId, type BatchId, type DeviceId } from "@pomona/facts";
import { sql } from "kysely";
import { PomonaError } from "../../kernel/errors.ts";
import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { PackedInput } from "./command-input.ts";
import type { CommandTables, QueueColumns } from "./command-tables.sql.ts";
import { toRow } from "./commands.sql.ts";
import type { CommandRow } from "./model.ts";

interface Tables extends CommandTables {
  command_batch_inputs: { tenant_id: string; batch_id: string; input: string; forget_at: number };
}

/** A batch keeps its input once: a profile for fifteen thousand Macs is not stored fifteen thousand times. */
export async function insertBatchInput(
  tx: WriteTransaction,
  batchId: BatchId,
  input: string,
  forgetAt: number,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("command_batch_inputs")
    .values({ tenant_id: tx.scope.tenantId, batch_id: batchId, input, forget_at: forgetAt })
    .execute();
}

/** The input of a command, wherever it is kept. @throws PomonaError `command.not-retryable` when it is forgotten */
export async function readInput(
  tx: ReadTransaction,
  row: Pick<CommandRow, "id" | "batchId" | "input">,
): Promise<PackedInput> {
  if (row.batchId === null) return row;
  const kept = await sqlOf<Tables>(tx)
    .selectFrom("command_batch_inputs")
    .select("input")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("batch_id", "=", row.batchId)
    .executeTakeFirst();
  if (kept !== undefined) return { id: row.batchId, input: kept.input };
  throw new PomonaError(
    "conflict",
    "command.not-retryable",
    "The input of its batch is forgotten. Send a new command.",
  );
}

/** Of all tenants. */
export async function forgetBatchInputs(tx: WriteTransaction): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("command_batch_inputs").where("forget_at", "<", tx.now).execute();
}

/** How many commands of a batch are in each state; the index alone answers. */
export async function countByState(tx: ReadTransaction, batchId: BatchId): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const table of ["command_queue", "command_history"] as const) {
    const rows = await sqlOf<Tables>(tx)
      .selectFrom(table)
      .select((e) => ["state", e.fn.countAll<number>().as("n")])
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("batch_id", "=", batchId)
      .groupBy("state")
      .execute();
    for (const { state, n } of rows) counts.set(state, (counts.get(state) ?? 0) + n);
  }
  return counts;
}

const REASONS = 20;
/** Why commands of a batch did not succeed, the most frequent first. */
export async function countFailures(
  tx: ReadTransaction,
  batchId: BatchId,
): Promise<readonly { readonly reason: string; readonly devices: number }[]> {
  const counts = new Map<string, number>();
  for (const table of ["command_queue", "command_history"] as const) {
    const rows = await sqlOf<Tables>(tx)
      .selectFrom(table)
      .select((e) => ["error", e.fn.countAll<number>().as("n")])
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("batch_id", "=", batchId)
      .where("state", "in", ["error", "formatError", "expired"])
      .groupBy("error")
      .orderBy("n", "desc")
      .limit(REASONS)
      .execute();
    for (const { error, n } of rows) counts.set(error ?? "", (counts.get(error ?? "") ?? 0) + n);
  }
  return [...counts].map(([reason, devices]) => ({ reason, devices })).sort((a, b) => b.devices - a.devices);
}

/** Holds back some of what is not sent. @returns how many; fewer than `limit` when none is left */
export async function holdUnsent(tx: WriteTransaction, batchId: BatchId, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`UPDATE command_queue SET hold = 'paused' WHERE (tenant_id, id) IN
    (SELECT tenant_id, id FROM command_queue WHERE tenant_id = ${tx.scope.tenantId} AND batch_id = ${batchId}
      AND state IN ('queued', 'notNow') AND hold IS NULL LIMIT ${sql.lit(limit)})`.execute(sqlOf<Tables>(tx));
  return Number(numAffectedRows ?? 0n);
}

/** Lets some of what was held back go. @returns the queues that have something again */
export async function releasePaused(
  tx: WriteTransaction,
  batchId: BatchId,
  limit: number,
): Promise<readonly { readonly deviceId: DeviceId; readonly channel: string }[]> {
  const { rows } = await sql<{ device_id: string; channel: string }>`UPDATE command_queue SET hold = NULL
    WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM command_queue WHERE tenant_id = ${tx.scope.tenantId}
      AND batch_id = ${batchId} AND state IN ('queued', 'notNow') AND hold = 'paused' LIMIT ${sql.lit(limit)})
    RETURNING device_id, channel`.execute(sqlOf<Tables>(tx));
  return rows.map((row) => ({ deviceId: asId<"device">(row.device_id), channel: row.channel }));
}

/** Some of what a batch has not sent, held or not. */
export async function readUnsent(tx: ReadTransaction, batchId: BatchId, limit: number): Promise<readonly CommandRow[]> {
  const { rows } = await sql<QueueColumns>`SELECT * FROM command_queue WHERE tenant_id = ${tx.scope.tenantId}
    AND batch_id = ${batchId} AND state IN ('queued', 'notNow') LIMIT ${sql.lit(limit)}`.execute(sqlOf<Tables>(tx));
  return rows.map(toRow);
}
