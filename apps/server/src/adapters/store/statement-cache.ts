import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** Prepared statements by their text, the least recently used let go beyond a bound. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #limit: number;

  constructor(database: DatabaseSync, limit = 500) {
    this.#database = database;
    this.#limit = limit;
  }

  get(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= this.#limit) {
      const oldest = this.#statements.keys().next().value;
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** SQLite knows no booleans and no undefined; everything else that features bind goes as it is. */
export const toSql = (value: unknown): SQLInputValue =>
  value === undefined ? null : typeof value === "boolean" ? (value ? 1 : 0) : (value as SQLInputValue);
