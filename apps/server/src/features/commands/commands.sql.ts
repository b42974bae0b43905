import { asId, type CommandId, type CommandState, type DeviceId, type TenantId } from "@pomona/facts";
import { sql } from "kysely";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { CommandRow } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  device_id: string;
  command_uuid: string;
  request_type: string;
  state: string;
  lane: number;
  created_at: number;
  sent_at: number | null;
  answered_at: number | null;
  expires_at: number | null;
  not_now_count: number;
  actor: string;
  error: string | null;
  input: string;
}
interface Tables {
  command_queue: Columns & { is_open: number; wake_at: number | null };
  command_history: Columns;
}

const COLUMNS = `tenant_id TEXT NOT NULL, id TEXT NOT NULL, device_id TEXT NOT NULL, command_uuid TEXT NOT NULL,
  request_type TEXT NOT NULL, state TEXT NOT NULL, lane INTEGER NOT NULL, created_at INTEGER NOT NULL, sent_at INTEGER,
  answered_at INTEGER, expires_at INTEGER, not_now_count INTEGER NOT NULL DEFAULT 0, actor TEXT NOT NULL, error TEXT,
  input TEXT NOT NULL`;

/**
 * One row per command and device. An answer closes its row, which is one small write on the way of a poll; a job carries
 * closed rows over to the history, so that the queue stays as small as what is open.
 */
export const commandMigrations: readonly Migration[] = [
  {
    name: "commands/0001-queue",
    statements: [
      `CREATE TABLE command_queue (${COLUMNS}, is_open INTEGER NOT NULL DEFAULT 1, wake_at INTEGER,
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX command_queue_by_uuid ON command_queue (tenant_id, device_id, command_uuid)",
      "CREATE INDEX command_queue_open ON command_queue (tenant_id, device_id, lane, id) WHERE is_open = 1",
      "CREATE INDEX command_queue_wake ON command_queue (wake_at) WHERE wake_at IS NOT NULL",
      "CREATE INDEX command_queue_end ON command_queue (expires_at) WHERE is_open = 1",
      "CREATE INDEX command_queue_closed ON command_queue (answered_at) WHERE is_open = 0",
      `CREATE TABLE command_history (${COLUMNS}, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX command_history_by_device ON command_history (tenant_id, device_id, id)",
      "CREATE INDEX command_history_by_uuid ON command_history (tenant_id, device_id, command_uuid)",
    ],
  },
];

const toRow = (row: Columns): CommandRow => ({
  id: asId<"command">(row.id),
  deviceId: asId<"device">(row.device_id),
  commandUuid: row.command_uuid,
  requestType: row.request_type,
  state: row.state as CommandState,
  lane: row.lane,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  answeredAt: row.answered_at,
  expiresAt: row.expires_at,
  notNowCount: row.not_now_count,
  actor: row.actor,
  error: row.error,
  input: row.input,
});

export async function insertCommand(
  tx: WriteTransaction,
  row: Omit<CommandRow, "state" | "createdAt" | "sentAt" | "answeredAt" | "notNowCount" | "error">,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("command_queue")
    .values({
      tenant_id: tx.scope.tenantId,
      id: row.id,
      device_id: row.deviceId,
      command_uuid: row.commandUuid,
      request_type: row.requestType,
      state: "queued",
      lane: row.lane,
      created_at: tx.now,
      sent_at: null,
      answered_at: null,
      expires_at: row.expiresAt,
      not_now_count: 0,
      actor: row.actor,
      error: null,
      input: row.input,
      is_open: 1,
      wake_at: null,
    })
    .execute();
}

/**
 * Open commands of one device in the order in which they are served. Written out, as are the two below: they are on the way
 * of every report, where building the query would cost more than running it.
 */
export async function readOpen(
  tx: ReadTransaction,
  deviceId: DeviceId,
  options: { readonly limit: number; readonly isPostponedToo: boolean },
): Promise<readonly CommandRow[]> {
  const { tenantId } = tx.scope;
  const { rows } = await (options.isPostponedToo
    ? sql<Columns>`SELECT * FROM command_queue WHERE tenant_id = ${tenantId} AND device_id = ${deviceId} AND is_open = 1
        ORDER BY lane, id LIMIT ${options.limit}`
    : sql<Columns>`SELECT * FROM command_queue WHERE tenant_id = ${tenantId} AND device_id = ${deviceId} AND is_open = 1
        AND state <> 'notNow' ORDER BY lane, id LIMIT ${options.limit}`
  ).execute(sqlOf<Tables>(tx));
  return rows.map(toRow);
}

/** An open command by the name that the Mac knows it under. */
export async function findOpen(tx: ReadTransaction, deviceId: DeviceId, commandUuid: string) {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("command_queue")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("command_uuid", "=", commandUuid)
    .where("is_open", "=", 1)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Whether a device ever had a command of this UUID. */
export async function isUuidTaken(tx: ReadTransaction, deviceId: DeviceId, commandUuid: string): Promise<boolean> {
  for (const table of ["command_queue", "command_history"] as const) {
    const row = await sqlOf<Tables>(tx)
      .selectFrom(table)
      .select("id")
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("device_id", "=", deviceId)
      .where("command_uuid", "=", commandUuid)
      .executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}

export async function markSent(tx: WriteTransaction, id: CommandId): Promise<void> {
  await sql`UPDATE command_queue SET state = 'sent', sent_at = ${tx.now}, wake_at = NULL
    WHERE tenant_id = ${tx.scope.tenantId} AND id = ${id}`.execute(sqlOf<Tables>(tx));
}

export async function markNotNow(tx: WriteTransaction, id: CommandId, count: number, wakeAt: number): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("command_queue")
    .set({ state: "notNow", not_now_count: count, wake_at: wakeAt })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

/** Ends a command. */
export async function close(
  tx: WriteTransaction,
  id: CommandId,
  end: { readonly state: CommandState; readonly error: string | null },
): Promise<void> {
  await sql`UPDATE command_queue SET state = ${end.state}, error = ${end.error}, answered_at = ${tx.now}, is_open = 0,
    wake_at = NULL WHERE tenant_id = ${tx.scope.tenantId} AND id = ${id}`.execute(sqlOf<Tables>(tx));
}

export async function readCommand(tx: ReadTransaction, id: CommandId): Promise<CommandRow | undefined> {
  for (const table of ["command_queue", "command_history"] as const) {
    const row = await sqlOf<Tables>(tx)
      .selectFrom(table)
      .selectAll()
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (row !== undefined) return toRow(row);
  }
  return undefined;
}

/** Newest first, from queue and history together. */
export async function readCommands(
  tx: ReadTransaction,
  deviceId: DeviceId,
  page: { readonly before: string | undefined; readonly limit: number; readonly isOpen: boolean | undefined },
): Promise<readonly CommandRow[]> {
  const db = sqlOf<Tables>(tx);
  let queue = db
    .selectFrom("command_queue")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .orderBy("id", "desc")
    .limit(page.limit);
  if (page.before !== undefined) queue = queue.where("id", "<", page.before);
  if (page.isOpen !== undefined) queue = queue.where("is_open", "=", page.isOpen ? 1 : 0);
  const rows: Columns[] = await queue.execute();
  if (page.isOpen !== true) {
    let history = db
      .selectFrom("command_history")
      .selectAll()
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("device_id", "=", deviceId)
      .orderBy("id", "desc")
      .limit(page.limit);
    if (page.before !== undefined) history = history.where("id", "<", page.before);
    rows.push(...(await history.execute()));
  }
  return rows
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, page.limit)
    .map(toRow);
}

/** Closes all that is open for a device. @returns what was closed */
export async function cancelAll(tx: WriteTransaction, deviceId: DeviceId) {
  return sqlOf<Tables>(tx)
    .updateTable("command_queue")
    .set({ state: "cancelled", error: "the Mac enrolled anew or left", answered_at: tx.now, is_open: 0, wake_at: null })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("is_open", "=", 1)
    .returning(["id", "request_type"])
    .execute();
}

export interface DueCommand {
  readonly tenantId: TenantId;
  readonly id: CommandId;
  readonly deviceId: DeviceId;
}
const toDue = (row: Pick<Columns, "tenant_id" | "id" | "device_id">): DueCommand => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: asId<"command">(row.id),
  deviceId: asId<"device">(row.device_id),
});

/** Postponed commands whose Mac should be woken again, of all tenants. */
export async function readToWake(tx: ReadTransaction, limit: number): Promise<readonly DueCommand[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("command_queue")
    .select(["tenant_id", "id", "device_id"])
    .where("wake_at", "<=", tx.now)
    .orderBy("wake_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

export async function setWake(tx: WriteTransaction, id: CommandId, wakeAt: number | null): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("command_queue")
    .set({ wake_at: wakeAt })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("is_open", "=", 1)
    .execute();
}

/** Open commands whose time has run out, of all tenants. */
export async function readExpired(tx: ReadTransaction, limit: number): Promise<readonly DueCommand[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("command_queue")
    .select(["tenant_id", "id", "device_id"])
    .where("is_open", "=", 1)
    .where("expires_at", "<=", tx.now)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

const CARRIED = sql.raw(
  `tenant_id, id, device_id, command_uuid, request_type, state, lane, created_at, sent_at, answered_at, expires_at,
   not_now_count, actor, error`,
);

/** Carries closed commands over to the history, without their input, which may be large. @returns how many */
export async function archive(tx: WriteTransaction, limit: number): Promise<number> {
  const db = sqlOf<Tables>(tx);
  const closed = sql`FROM command_queue WHERE is_open = 0 AND answered_at <= ${tx.now}
    ORDER BY answered_at, tenant_id, id LIMIT ${limit}`;
  await sql`INSERT INTO command_history (${CARRIED}, input) SELECT ${CARRIED}, '{}' ${closed}`.execute(db);
  const { numAffectedRows } =
    await sql`DELETE FROM command_queue WHERE (tenant_id, id) IN (SELECT tenant_id, id ${closed})`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
