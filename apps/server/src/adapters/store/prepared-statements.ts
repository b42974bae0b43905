import type { DatabaseSync } from "node:sqlite";
import type { PreparedSql, SqlValue } from "../../kernel/store.ts";
import { StatementCache } from "./statement-cache.ts";

/** Runs written-out statements on one connection, each prepared when it is first run. */
export class PreparedStatements implements PreparedSql {
  readonly #statements: StatementCache;

  constructor(database: DatabaseSync) {
    this.#statements = new StatementCache(database);
  }

  async all<Row>(text: string, values: readonly SqlValue[]): Promise<readonly Row[]> {
    return this.#statements.get(text).all(...values) as Row[];
  }

  async run(text: string, values: readonly SqlValue[]): Promise<void> {
    this.#statements.get(text).run(...values);
  }
}
