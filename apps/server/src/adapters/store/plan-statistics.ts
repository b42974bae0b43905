import type { DatabaseSync } from "node:sqlite";

/** Rows that the planner is told every table has, and how many of them a tenant has. */
const ROWS = 1_000_000;
const ROWS_OF_TENANT = 500_000;

/** Columns that say one of a few things. */
const FEW_VALUES = /^(is_|state$|kind$|lane$|role$|type$)/;

interface IndexRow {
  readonly name: string;
  readonly unique: number;
  readonly origin: "c" | "u" | "pk";
}

/**
 * Tells SQLite's planner what is true of our tables from the first row on: a tenant has many rows, an id has few. Without
 * statistics it takes `tenant_id` for as selective as any other column, prefers the primary key, and reads the whole tenant for
 * one row; with measured ones (ANALYZE) plans would depend on when it was run. (sqlite.org: The Query Planner, sqlite_stat1.)
 * Connections learn of it when they are opened.
 */
export function writePlanStatistics(database: DatabaseSync): void {
  // Makes sqlite_stat1, at no cost on a table of one row.
  database.exec("PRAGMA analysis_limit = 1; ANALYZE schema_migrations; DELETE FROM sqlite_stat1");
  const insert = database.prepare("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)");
  const tables = database
    .prepare("SELECT name, wr AS without_rowid FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
    .all() as { name: string; without_rowid: number }[];
  for (const table of tables) {
    if (table.name.startsWith("sqlite_")) continue;
    const indexes = database
      .prepare(`SELECT name, "unique", origin FROM pragma_index_list(?)`)
      .all(table.name) as unknown as IndexRow[];
    for (const index of indexes) {
      const columns = database.prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno").all(index.name) as {
        name: string | null;
      }[];
      // The primary key of a table without rowid goes by the table's name.
      const name = index.origin === "pk" && table.without_rowid === 1 ? table.name : index.name;
      insert.run(
        table.name,
        name,
        statistics(
          columns.map((column) => column.name ?? ""),
          index.unique === 1,
        ),
      );
    }
  }
}

/** All rows, then how many have the same first column, the same first two, and so on. */
function statistics(columns: readonly string[], isUnique: boolean): string {
  let rows = ROWS;
  const counts = columns.map((column, at) => {
    if (column === "tenant_id") rows = Math.min(rows, ROWS_OF_TENANT);
    else if (isUnique && at === columns.length - 1) rows = 1;
    else rows = Math.ceil(rows / (FEW_VALUES.test(column) ? 5 : 1000));
    return rows;
  });
  return [ROWS, ...counts].join(" ");
}
