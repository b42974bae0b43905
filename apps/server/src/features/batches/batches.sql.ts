import { asId, type BatchId, type DeviceId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { Lane, Refused } from "../commands/index.ts";
import type { BatchRow, BatchState, Sweep } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  name: string;
  request_type: string;
  command_uuid: string;
  state: string;
  hold: string | null;
  lane: string;
  ttl_ms: number;
  created_at: number;
  starts_at: number;
  finished_at: number | null;
  actor: string;
  total: number;
  cursor: number;
  sweep: string | null;
  told: string;
}
interface Tables {
  batches: Columns;
  batch_targets: { tenant_id: string; batch_id: string; device_ids: string };
  batch_refusals: { tenant_id: string; batch_id: string; device_id: string; reason: string };
}

/** `device_ids` is written once, apart from the row that changes with every slice. */
export const batchMigrations: readonly Migration[] = [
  {
    name: "batches/0001-batches",
    statements: [
      `CREATE TABLE batches (tenant_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, request_type TEXT NOT NULL,
         command_uuid TEXT NOT NULL, state TEXT NOT NULL, hold TEXT, lane TEXT NOT NULL, ttl_ms INTEGER NOT NULL,
         created_at INTEGER NOT NULL, starts_at INTEGER NOT NULL, finished_at INTEGER, actor TEXT NOT NULL,
         total INTEGER NOT NULL, cursor INTEGER NOT NULL DEFAULT 0, sweep TEXT, told TEXT NOT NULL DEFAULT '',
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX batches_open ON batches (created_at) WHERE finished_at IS NULL OR sweep IS NOT NULL",
      `CREATE TABLE batch_targets (tenant_id TEXT NOT NULL, batch_id TEXT NOT NULL, device_ids TEXT NOT NULL,
         PRIMARY KEY (tenant_id, batch_id)) WITHOUT ROWID`,
      `CREATE TABLE batch_refusals (tenant_id TEXT NOT NULL, batch_id TEXT NOT NULL, device_id TEXT NOT NULL,
         reason TEXT NOT NULL, PRIMARY KEY (tenant_id, batch_id, device_id)) WITHOUT ROWID`,
    ],
  },
];

const toRow = (row: Columns): BatchRow => ({
  id: asId<"batch">(row.id),
  name: row.name,
  requestType: row.request_type,
  commandUuid: row.command_uuid,
  state: row.state as BatchState,
  hold: row.hold as BatchRow["hold"],
  lane: row.lane as Lane,
  ttlMs: row.ttl_ms,
  createdAt: row.created_at,
  startsAt: row.starts_at,
  finishedAt: row.finished_at,
  actor: row.actor,
  total: row.total,
  cursor: row.cursor,
  sweep: row.sweep as Sweep | null,
  told: row.told,
});

export async function insertBatch(tx: WriteTransaction, row: BatchRow, deviceIds: readonly DeviceId[]): Promise<void> {
  const { tenantId } = tx.scope;
  await sqlOf<Tables>(tx)
    .insertInto("batches")
    .values({
      tenant_id: tenantId,
      id: row.id,
      name: row.name,
      request_type: row.requestType,
      command_uuid: row.commandUuid,
      state: row.state,
      hold: row.hold,
      lane: row.lane,
      ttl_ms: row.ttlMs,
      created_at: row.createdAt,
      starts_at: row.startsAt,
      finished_at: row.finishedAt,
      actor: row.actor,
      total: row.total,
      cursor: row.cursor,
      sweep: row.sweep,
      told: row.told,
    })
    .execute();
  await sqlOf<Tables>(tx)
    .insertInto("batch_targets")
    .values({ tenant_id: tenantId, batch_id: row.id, device_ids: JSON.stringify(deviceIds) })
    .execute();
}

export async function readBatch(tx: ReadTransaction, id: string): Promise<BatchRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("batches")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Newest first. */
export async function readBatches(
  tx: ReadTransaction,
  before: string | undefined,
  limit: number,
): Promise<readonly BatchRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("batches")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .$if(before !== undefined, (query) => query.where("id", "<", before!))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Batches of all tenants with work to do, oldest first. */
export async function readOpenBatches(
  tx: ReadTransaction,
): Promise<readonly { readonly tenantId: TenantId; readonly batch: BatchRow }[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("batches")
    .selectAll()
    .where((e) => e.or([e("finished_at", "is", null), e("sweep", "is not", null)]))
    .orderBy("created_at")
    .execute();
  return rows.map((row) => ({ tenantId: asId<"tenant">(row.tenant_id), batch: toRow(row) }));
}

export async function readTargets(tx: ReadTransaction, id: BatchId): Promise<readonly DeviceId[]> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("batch_targets")
    .select("device_ids")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("batch_id", "=", id)
    .executeTakeFirstOrThrow();
  return JSON.parse(row.device_ids) as DeviceId[];
}

export interface BatchChange {
  readonly state?: BatchState;
  readonly hold?: BatchRow["hold"];
  readonly cursor?: number;
  readonly sweep?: Sweep | null;
  readonly finishedAt?: number;
  readonly told?: string;
}

export async function updateBatch(tx: WriteTransaction, id: BatchId, change: BatchChange): Promise<void> {
  const { finishedAt, ...same } = change;
  await sqlOf<Tables>(tx)
    .updateTable("batches")
    .set({ ...same, ...(finishedAt === undefined ? {} : { finished_at: finishedAt }) })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

export async function insertRefusals(tx: WriteTransaction, id: BatchId, refused: readonly Refused[]): Promise<void> {
  if (refused.length === 0) return;
  const { tenantId } = tx.scope;
  await sqlOf<Tables>(tx)
    .insertInto("batch_refusals")
    .values(refused.map(({ deviceId, reason }) => ({ tenant_id: tenantId, batch_id: id, device_id: deviceId, reason })))
    .execute();
}

export const countRefusals = (
  tx: ReadTransaction,
  id: BatchId,
): Promise<readonly { readonly reason: string; readonly devices: number }[]> =>
  sqlOf<Tables>(tx)
    .selectFrom("batch_refusals")
    .select((e) => ["reason", e.fn.countAll<number>().as("devices")])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("batch_id", "=", id)
    .groupBy("reason")
    .orderBy("devices", "desc")
    .execute();

export async function readRefusals(
  tx: ReadTransaction,
  id: BatchId,
  after: string | undefined,
  limit: number,
): Promise<readonly Refused[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("batch_refusals")
    .select(["device_id", "reason"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("batch_id", "=", id)
    .$if(after !== undefined, (query) => query.where("device_id", ">", after!))
    .orderBy("device_id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ deviceId: asId<"device">(row.device_id), reason: row.reason }));
}

/** Batches of the tenant that a restore holds. */
export async function readRestoredBatches(tx: ReadTransaction, limit: number): Promise<readonly BatchRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("batches")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("state", "=", "held")
    .where("hold", "=", "restored")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** @returns how many */
export async function holdBatches(tx: WriteTransaction): Promise<number> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("batches")
    .set({ state: "held", hold: "restored" })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("state", "in", ["waiting", "running"])
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
