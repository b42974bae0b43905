import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type LimitNode,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  ValueNode,
} from "kysely";
import { StatementCache, toSql } from "./statement-cache.ts";

/**
 * Kysely over one `node:sqlite` connection, without transactions of its own: the store opens and closes them around
 * the bodies that it runs one after another (docs/decisions/0010).
 */
export function queryBuilderOver(database: DatabaseSync): Kysely<unknown> {
  const connection = new NodeSqliteConnection(database);
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
  };
  const dialect: Dialect = {
    createAdapter: () => new ConcurrentSqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new WrittenLimitCompiler(),
  };
  return new Kysely<unknown>({ dialect });
}

async function refuse(): Promise<void> {
  throw new Error("transactions are opened by the store");
}

/**
 * Writes a limit into the statement. SQLite plans with the value of a bound one, and so prepares the statement anew each time that
 * it is bound, which costs more than most of our statements themselves (sqlite.org: Query Planner Stability Guarantee).
 */
class WrittenLimitCompiler extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    const value = ValueNode.is(node.limit) ? node.limit.value : undefined;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) return super.visitLimit(node);
    this.append(`limit ${value}`);
  }
}

/** Without this the driver is wrapped in a mutex per query, which the store's own queue makes needless. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #statements: StatementCache;
  /** Asking a statement for its columns makes an object for each, every time. */
  readonly #returnsRows = new WeakMap<StatementSync, boolean>();
  constructor(database: DatabaseSync) {
    this.#statements = new StatementCache(database);
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const statement = this.#statements.get(query.sql);
    const parameters = query.parameters.map(toSql);
    let returnsRows = this.#returnsRows.get(statement);
    if (returnsRows === undefined) {
      returnsRows = statement.columns().length > 0;
      this.#returnsRows.set(statement, returnsRows);
    }
    if (returnsRows) return { rows: statement.all(...parameters) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    const statement = this.#statements.get(query.sql);
    for (const row of statement.iterate(...query.parameters.map(toSql))) yield { rows: [row as Row] };
  }
}
