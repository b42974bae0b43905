import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * One consistent state of a database, read beside the server that writes it: WAL lets a reader keep the state that it began with.
 * Nothing is copied and nothing is written.
 */
export class Snapshot implements Disposable {
  readonly #database: DatabaseSync;
  readonly #tables: ReadonlySet<string>;

  /** @throws Error when there is none, or it is not a database */
  constructor(file: string) {
    if (!existsSync(file)) throw new Error(`There is no database ${file}.`);
    this.#database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    this.#database.exec("BEGIN");
    // The first read is what the state is taken at.
    const tables = this.#database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    this.#tables = new Set(tables.map((row) => String(row["name"])));
  }

  /** All rows of a table, one at a time; none of a table that this database does not have. */
  *rows(table: string): Iterable<Readonly<Record<string, unknown>>> {
    if (this.#tables.has(table)) yield* this.#database.prepare(`SELECT * FROM "${table}"`).iterate();
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
