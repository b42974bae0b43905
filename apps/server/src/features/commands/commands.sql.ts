import { asId, type BatchId, type CommandId, type CommandState, type DeviceId } from "@pomona/facts";
import { sql } from "kysely";
import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { CommandTables, HistoryColumns, QueueColumns } from "./command-tables.sql.ts";
import type { CommandRow, DeadLetter, Hold } from "./model.ts";

export const toRow = (row: HistoryColumns & Partial<QueueColumns>): CommandRow => ({
  id: asId<"command">(row.id),
  deviceId: asId<"device">(row.device_id),
  channel: row.channel,
  commandUuid: row.command_uuid,
  requestType: row.request_type,
  state: row.state as CommandState,
  lane: row.lane,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  answeredAt: row.answered_at,
  expiresAt: row.expires_at,
  notNowCount: row.not_now_count,
  sendCount: row.send_count,
  actor: row.actor,
  error: row.error,
  input: row.input,
  notBefore: row.not_before ?? null,
  hold: (row.hold ?? null) as Hold | null,
  batchId: row.batch_id as BatchId | null,
  isRaw: row.is_raw === 1,
  dead: row.dead as DeadLetter | null,
  retryOf: row.retry_of as CommandId | null,
  retriedBy: row.retried_by as CommandId | null,
});

export type NewCommand = Pick<
  CommandRow,
  | "id"
  | "deviceId"
  | "channel"
  | "commandUuid"
  | "requestType"
  | "lane"
  | "expiresAt"
  | "actor"
  | "input"
  | "notBefore"
  | "hold"
  | "batchId"
  | "isRaw"
  | "retryOf"
>;

const INSERT = `INSERT INTO command_queue (tenant_id, id, device_id, channel, command_uuid, request_type, state, lane, created_at,
    expires_at, actor, input, not_before, hold, batch_id, is_raw, retry_of, wake_at)
  VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Prepared: a batch runs it fifteen thousand times. */
export async function insertCommand(tx: WriteTransaction, row: NewCommand): Promise<void> {
  const { deviceId, channel, lane, notBefore, hold } = row;
  // A held command wakes nobody; one in its undo window wakes its Mac at the end of it.
  const wakeAt = hold === null ? notBefore : null;
  const what = [tx.scope.tenantId, row.id, deviceId, channel, row.commandUuid, row.requestType, lane];
  const how = [row.actor, row.input, notBefore, hold, row.batchId, row.isRaw ? 1 : 0, row.retryOf, wakeAt];
  await tx.prepared.run(INSERT, [...what, tx.now, row.expiresAt, ...how]);
}

type Unasked = "tenant_id" | "device_id" | "channel" | "answered_at" | "error" | "dead" | "retried_by" | "hold";
type OpenColumns = Omit<QueueColumns, Unasked>;
/** What is not known of an open row beforehand: every column that is read costs. */
const OPEN = `SELECT id, command_uuid, request_type, state, lane, created_at, sent_at, expires_at, not_now_count, send_count,
    actor, not_before, batch_id, is_raw, retry_of, input FROM command_queue
  WHERE tenant_id = ? AND device_id = ? AND channel = ? AND is_open = 1 AND hold IS NULL
    AND (not_before IS NULL OR not_before <= ?)`;
/** With the limit written out: SQLite prepares a statement anew each time that its limit is bound. */
const readOpenTexts = new Map<number, string>();
function readOpenText(limit: number): string {
  let text = readOpenTexts.get(limit);
  if (text === undefined) {
    text = `${OPEN} ORDER BY lane, id LIMIT ${limit}`;
    readOpenTexts.set(limit, text);
  }
  return text;
}
const READ_NOT_POSTPONED = `${OPEN} AND state <> 'notNow' ORDER BY lane, id LIMIT 1`;

/**
 * Open commands of one channel in the order in which they are served, without those that are held or in their undo window.
 * Prepared, as are `markSent` and `close`: they are on the way of every report. One report that is answered with the next
 * command runs this, one `close`, one fact and one `markSent`.
 */
export async function readOpen(
  tx: ReadTransaction,
  deviceId: DeviceId,
  { channel = "", limit }: { readonly channel?: string; readonly limit: number },
): Promise<readonly CommandRow[]> {
  const rows = await tx.prepared.all<OpenColumns>(readOpenText(limit), [tx.scope.tenantId, deviceId, channel, tx.now]);
  return rows.map((row) => toOpenRow(row, deviceId, channel));
}

/** The first of them that is not postponed. */
export async function readNotPostponed(
  tx: ReadTransaction,
  deviceId: DeviceId,
  channel: string,
): Promise<CommandRow | undefined> {
  const rows = await tx.prepared.all<OpenColumns>(READ_NOT_POSTPONED, [tx.scope.tenantId, deviceId, channel, tx.now]);
  return rows[0] && toOpenRow(rows[0], deviceId, channel);
}

const toOpenRow = (row: OpenColumns, deviceId: DeviceId, channel: string): CommandRow => ({
  id: asId<"command">(row.id),
  deviceId,
  channel,
  commandUuid: row.command_uuid,
  requestType: row.request_type,
  state: row.state as CommandState,
  lane: row.lane,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  answeredAt: null,
  expiresAt: row.expires_at,
  notNowCount: row.not_now_count,
  sendCount: row.send_count,
  actor: row.actor,
  error: null,
  input: row.input,
  notBefore: row.not_before,
  hold: null,
  batchId: row.batch_id as BatchId | null,
  isRaw: row.is_raw === 1,
  dead: null,
  retryOf: row.retry_of as CommandId | null,
  retriedBy: null,
});

/** When the next command of a channel leaves its undo window; undefined when none is in one. */
export async function readNextStart(
  tx: ReadTransaction,
  deviceId: DeviceId,
  channel: string,
): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`SELECT min(not_before) AS at FROM command_queue
    WHERE tenant_id = ${tx.scope.tenantId} AND device_id = ${deviceId} AND channel = ${channel} AND is_open = 1
      AND hold IS NULL AND not_before > ${tx.now}`.execute(sqlOf<CommandTables>(tx));
  return rows[0]?.at ?? undefined;
}

/** An open command by the name that the Mac knows it under; a channel answers for its own commands only. */
export async function findOpen(tx: ReadTransaction, deviceId: DeviceId, channel: string, commandUuid: string) {
  const row = await sqlOf<CommandTables>(tx)
    .selectFrom("command_queue")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("command_uuid", "=", commandUuid)
    .where("channel", "=", channel)
    .where("is_open", "=", sql.lit(1))
    .executeTakeFirst();
  return row && toRow(row);
}

/** Whether a device ever had a command of this UUID. */
export async function isUuidTaken(tx: ReadTransaction, deviceId: DeviceId, commandUuid: string): Promise<boolean> {
  for (const table of ["command_queue", "command_history"] as const) {
    const row = await sqlOf<CommandTables>(tx)
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

/** Where a row stands in the queue. */
export type QueuePlace = Pick<CommandRow, "deviceId" | "channel" | "lane" | "id">;
const AT = "WHERE tenant_id = ? AND device_id = ? AND channel = ? AND lane = ? AND id = ?";
const MARK_SENT = `UPDATE command_queue SET state = 'sent', sent_at = ?, send_count = send_count + 1, wake_at = NULL ${AT}`;
const CLOSE = `UPDATE command_queue SET state = ?, error = ?, answered_at = ?, is_open = 0, dead = ?, wake_at = NULL,
  hold = NULL, not_before = NULL ${AT}`;

export async function markSent(tx: WriteTransaction, at: QueuePlace): Promise<void> {
  await tx.prepared.run(MARK_SENT, [tx.now, tx.scope.tenantId, at.deviceId, at.channel, at.lane, at.id]);
}

/** The Mac spoke of it, so the sendings are counted anew. */
export async function markNotNow(
  tx: WriteTransaction,
  id: CommandId,
  count: number,
  wakeAt: number | null,
): Promise<void> {
  await sqlOf<CommandTables>(tx)
    .updateTable("command_queue")
    .set({ state: "notNow", not_now_count: count, wake_at: wakeAt, send_count: 0 })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

/** Ends a command. */
export async function close(
  tx: WriteTransaction,
  at: QueuePlace,
  end: { readonly state: CommandState; readonly error: string | null; readonly dead: DeadLetter | null },
): Promise<void> {
  const { state, error, dead } = end;
  const values = [state, error, tx.now, dead, tx.scope.tenantId, at.deviceId, at.channel, at.lane, at.id];
  await tx.prepared.run(CLOSE, values);
}

export async function readCommand(tx: ReadTransaction, id: CommandId): Promise<CommandRow | undefined> {
  for (const table of ["command_queue", "command_history"] as const) {
    const row = await sqlOf<CommandTables>(tx)
      .selectFrom(table)
      .selectAll()
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (row !== undefined) return toRow(row);
  }
  return undefined;
}

/** Everything that is open for a device on all its channels, held or not. */
export async function readAllOpen(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly CommandRow[]> {
  const rows = await sqlOf<CommandTables>(tx)
    .selectFrom("command_queue")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("is_open", "=", sql.lit(1))
    .execute();
  return rows.map(toRow);
}
