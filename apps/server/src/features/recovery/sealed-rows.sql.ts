import { sql } from "kysely";
import { PLATFORM } from "../../kernel/scope.ts";
import type { SealedColumn } from "../../kernel/secret.ts";
import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

type Any = Record<string, never>;
export type SealedRow = Readonly<Record<string, unknown>>;

/** A column with only its tenant's rows; null where a table of the installation is not the scope's. */
function rowsOf(tx: ReadTransaction, { table, isPlatform }: SealedColumn) {
  if (isPlatform !== true) return sql`${sql.table(table)} WHERE tenant_id = ${tx.scope.tenantId}`;
  return tx.scope.tenantId === PLATFORM ? sql`${sql.table(table)} WHERE 1 = 1` : null;
}

/** How many rows of the scope's tenant hold something sealed there. */
export async function countSealed(tx: ReadTransaction, column: SealedColumn): Promise<number> {
  const from = rowsOf(tx, column);
  if (from === null) return 0;
  const { rows } = await sql<{ count: number }>`SELECT count(*) AS count FROM ${from}
    AND ${sql.ref(column.column)} LIKE '%"alg":"A256GCM"%'`.execute(sqlOf<Any>(tx));
  return rows[0]?.count ?? 0;
}

/** The next rows of the scope's tenant in the order of their ids. */
export async function readSealedRows(
  tx: ReadTransaction,
  column: SealedColumn,
  after: string,
  limit: number,
): Promise<readonly SealedRow[]> {
  const from = rowsOf(tx, column);
  if (from === null) return [];
  const { rows } = await (column.id === null
    ? sql<SealedRow>`SELECT * FROM ${from} AND ${after} = ''`
    : sql<SealedRow>`SELECT * FROM ${from} AND ${sql.ref(column.id)} > ${after} ORDER BY ${sql.ref(column.id)} LIMIT ${limit}`
  ).execute(sqlOf<Any>(tx));
  return rows;
}

export async function writeSealed(
  tx: WriteTransaction,
  column: SealedColumn,
  row: SealedRow,
  text: string,
): Promise<void> {
  const from = rowsOf(tx, column);
  if (from === null) return;
  const where = column.isPlatform === true ? sql`1 = 1` : sql`tenant_id = ${tx.scope.tenantId}`;
  const which = column.id === null ? sql`1 = 1` : sql`${sql.ref(column.id)} = ${row[column.id]}`;
  await sql`UPDATE ${sql.table(column.table)} SET ${sql.ref(column.column)} = ${text} WHERE ${where} AND ${which}`.execute(
    sqlOf<Any>(tx),
  );
}
