import path from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** The first row of a query, read from a kernel's database on a connection of its own: what is on the disk, not what is said. */
export function readRow<Row>(
  { dir }: { readonly dir: string },
  text: string,
  ...values: readonly SQLInputValue[]
): Row {
  const database = new DatabaseSync(path.join(dir, "pomona.db"), { readOnly: true });
  try {
    return database.prepare(text).get(...values) as Row;
  } finally {
    database.close();
  }
}
