import type { BatchId, CommandId, CommandState, DeviceId } from "@pomona/facts";
import { sql } from "kysely";
import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { CommandTables, HistoryColumns } from "./command-tables.sql.ts";
import { toRow } from "./commands.sql.ts";
import type { CommandRow, DeadLetter } from "./model.ts";

const TABLES = ["command_queue", "command_history"] as const;

const DEAD_KINDS: DeadLetter[] = ["unanswered", "expired"];

const newest = (rows: readonly HistoryColumns[], limit: number): readonly CommandRow[] =>
  [...rows]
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .map(toRow);

/** Newest first, from queue and history together. */
export async function readCommands(
  tx: ReadTransaction,
  deviceId: DeviceId,
  page: { readonly before: string | undefined; readonly limit: number; readonly isOpen: boolean | undefined },
): Promise<readonly CommandRow[]> {
  const db = sqlOf<CommandTables>(tx);
  let queue = db
    .selectFrom("command_queue")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .orderBy("id", "desc")
    .limit(page.limit);
  if (page.before !== undefined) queue = queue.where("id", "<", page.before);
  if (page.isOpen !== undefined) queue = queue.where("is_open", "=", page.isOpen ? 1 : 0);
  const rows: HistoryColumns[] = await queue.execute();
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
  return newest(rows, page.limit);
}

/** Commands that were given up and neither repeated nor dismissed, newest first. */
export async function readDeadLetters(
  tx: ReadTransaction,
  page: { readonly before: string | undefined; readonly limit: number },
): Promise<readonly CommandRow[]> {
  const rows: HistoryColumns[] = [];
  for (const table of TABLES) {
    let query = sqlOf<CommandTables>(tx)
      .selectFrom(table)
      .selectAll()
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("dead", "in", DEAD_KINDS)
      .where("retried_by", "is", null)
      .orderBy("id", "desc")
      .limit(page.limit);
    if (page.before !== undefined) query = query.where("id", "<", page.before);
    rows.push(...(await query.execute()));
  }
  return newest(rows, page.limit);
}

/** Commands of a batch in these states, all when not given; newest first. */
export async function readBatchCommands(
  tx: ReadTransaction,
  batchId: BatchId,
  page: {
    readonly before: string | undefined;
    readonly limit: number;
    readonly states: readonly CommandState[] | undefined;
  },
): Promise<readonly CommandRow[]> {
  const rows: HistoryColumns[] = [];
  for (const table of TABLES) {
    const answer = await sql<HistoryColumns>`SELECT * FROM ${sql.table(table)}
      WHERE tenant_id = ${tx.scope.tenantId} AND batch_id = ${batchId}
      ${page.states === undefined ? sql`` : sql`AND state IN (${sql.join(page.states)})`}
      ${page.before === undefined ? sql`` : sql`AND id < ${page.before}`}
      ORDER BY id DESC LIMIT ${sql.lit(page.limit)}`.execute(sqlOf<CommandTables>(tx));
    rows.push(...answer.rows);
  }
  return newest(rows, page.limit);
}

/** A closed command is in one of the two tables. */
async function changeClosed(
  tx: WriteTransaction,
  id: CommandId,
  change: { readonly dead?: null; readonly retried_by?: string },
): Promise<void> {
  for (const table of TABLES) {
    await sqlOf<CommandTables>(tx)
      .updateTable(table)
      .set(change)
      .where("tenant_id", "=", tx.scope.tenantId)
      .where("id", "=", id)
      .execute();
  }
}

export const markRetried = (tx: WriteTransaction, id: CommandId, by: CommandId): Promise<void> =>
  changeClosed(tx, id, { retried_by: by });

export const dismissDead = (tx: WriteTransaction, id: CommandId): Promise<void> => changeClosed(tx, id, { dead: null });
