import { asId, type CommandId, type DeviceId, type TenantId } from "@pomona/facts";
import { sql } from "kysely";
import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import { CARRIED_COLUMNS, type CommandTables } from "./command-tables.sql.ts";

export interface DueCommand {
  readonly tenantId: TenantId;
  readonly id: CommandId;
  readonly deviceId: DeviceId;
}
const toDue = (row: { readonly tenant_id: string; readonly id: string; readonly device_id: string }): DueCommand => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: asId<"command">(row.id),
  deviceId: asId<"device">(row.device_id),
});

/** Commands whose Mac should be woken now, of all tenants: postponed ones, and those whose undo window is over. */
export async function readToWake(tx: ReadTransaction, limit: number): Promise<readonly DueCommand[]> {
  const rows = await sqlOf<CommandTables>(tx)
    .selectFrom("command_queue")
    .select(["tenant_id", "id", "device_id"])
    .where("wake_at", "<=", tx.now)
    .orderBy("wake_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

export async function setWake(tx: WriteTransaction, id: CommandId, wakeAt: number | null): Promise<void> {
  await sqlOf<CommandTables>(tx)
    .updateTable("command_queue")
    .set({ wake_at: wakeAt })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("is_open", "=", sql.lit(1))
    .execute();
}

/** Open commands whose time has run out, of all tenants. */
export async function readExpired(tx: ReadTransaction, limit: number): Promise<readonly DueCommand[]> {
  const rows = await sqlOf<CommandTables>(tx)
    .selectFrom("command_queue")
    .select(["tenant_id", "id", "device_id"])
    .where("is_open", "=", sql.lit(1))
    .where("expires_at", "<=", tx.now)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** A queue, and what is in it. */
export interface QueueContent {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
  readonly channel: string;
  /** Something is open that nothing holds. */
  readonly waits: boolean;
  /** Something is answered, and not in the history yet. */
  readonly isAnswered: boolean;
  readonly newestId: string;
}

/** All queues of all tenants, in one walk through the table; once, at start. */
export async function readQueues(tx: ReadTransaction): Promise<readonly QueueContent[]> {
  const { rows } = await sql<{
    tenant_id: string;
    device_id: string;
    channel: string;
    waits: number;
    answered: number;
    newest: string;
  }>`SELECT tenant_id, device_id, channel, max(CASE WHEN is_open = 1 AND hold IS NULL THEN 1 ELSE 0 END) AS waits,
      1 - min(is_open) AS answered, max(id) AS newest FROM command_queue GROUP BY tenant_id, device_id, channel`.execute(
    sqlOf<CommandTables>(tx),
  );
  return rows.map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    deviceId: asId<"device">(row.device_id),
    channel: row.channel,
    waits: row.waits === 1,
    isAnswered: row.answered === 1,
    newestId: row.newest,
  }));
}

const ANSWERED = "FROM command_queue WHERE tenant_id = ? AND device_id = ? AND is_open = 0";
const CARRY = `INSERT INTO command_history (${CARRIED_COLUMNS}, input, kept_input)
  SELECT ${CARRIED_COLUMNS}, CASE WHEN state IN ('error', 'formatError', 'expired') THEN input ELSE '{}' END,
    CASE WHEN state IN ('error', 'formatError', 'expired') THEN 1 ELSE 0 END ${ANSWERED}`;
const REMOVE = `DELETE ${ANSWERED}`;

/**
 * Carries a Mac's answered commands over to the history, all together: one after another, each would write the same pages again.
 * The input, which may be large, goes along only where the command may be repeated.
 */
export async function archive(tx: WriteTransaction, tenantId: TenantId, deviceId: DeviceId): Promise<void> {
  await tx.prepared.run(CARRY, [tenantId, deviceId]);
  await tx.prepared.run(REMOVE, [tenantId, deviceId]);
}

/** Forgets the inputs of commands that failed before a time. @returns how many */
export async function forgetInputs(tx: WriteTransaction, before: number, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`UPDATE command_history SET input = '{}', kept_input = 0 WHERE (tenant_id, id) IN
    (SELECT tenant_id, id FROM command_history WHERE kept_input = 1 AND answered_at < ${before} LIMIT ${sql.lit(limit)})`.execute(
    sqlOf<CommandTables>(tx),
  );
  return Number(numAffectedRows ?? 0n);
}
