import type { NewFact } from "@pomona/facts";
import type { Kysely } from "kysely";
import type { Scope } from "./scope.ts";

/** Where rows live. SQLite by default, PostgreSQL where one machine is outgrown; features see only this. */
export interface Store {
  /**
   * Runs `body` alone on the writing connection and answers after the commit of its group is on disk. The body awaits
   * nothing but its transaction: whatever else it waited for would hold up every other writer.
   * @throws what `body` throws, after its changes are undone; a failed commit fails every member of its group.
   */
  write<T>(scope: Scope, body: (tx: WriteTransaction) => Promise<T>): Promise<T>;
  /** Reads a consistent state on another connection. */
  read<T>(scope: Scope, body: (tx: ReadTransaction) => Promise<T>): Promise<T>;
}

export interface ReadTransaction {
  readonly scope: Scope;
  /** The moment that the transaction began, in ms; one value for all its rows. */
  readonly now: number;
  /** For `.sql.ts` files only, which reach it by {@link sqlOf}. */
  readonly sql: unknown;
  /** For `.sql.ts` files only, and there for what every poll runs. */
  readonly prepared: PreparedSql;
}

export type SqlValue = string | number | bigint | null | Uint8Array;

/** Statements that are written out once, with `?` for each value: where building a query would cost more than running it. */
export interface PreparedSql {
  all<Row>(text: string, values: readonly SqlValue[]): Promise<readonly Row[]>;
  run(text: string, values: readonly SqlValue[]): Promise<void>;
}

export interface WriteTransaction extends ReadTransaction {
  /** Tells of a change, in the same transaction. Handlers, sinks and streams get it once the group is committed. */
  publish(fact: NewFact): Promise<void>;
  /** The same transaction in another tenant; only for what makes tenants. */
  inTenant(scope: Scope): WriteTransaction;
  /** Runs after the commit; for what must not happen if the transaction fails (a push, a nudge, a cache). */
  afterCommit(effect: () => void): void;
}

/** Slices of upkeep whose writes go together. */
const SLICES_AT_ONCE = 4;

/**
 * Does upkeep of many rows in small transactions, a few at once: a long one would make every Mac wait, and one after another each
 * would wait for the disk alone. What it does has to bear to be done again: after a failure some slices are done and others not.
 * @throws the first failure, when all that had begun is over
 */
export async function writeInSlices<Item>(
  store: Pick<Store, "write">,
  scope: Scope,
  items: readonly Item[],
  size: number,
  body: (tx: WriteTransaction, slice: readonly Item[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < items.length; ) {
    const writes: Promise<void>[] = [];
    for (let n = 0; n < SLICES_AT_ONCE && at < items.length; n += 1, at += size) {
      const slice = items.slice(at, at + size);
      writes.push(store.write(scope, (tx) => body(tx, slice)));
    }
    const failure = (await Promise.allSettled(writes)).find((outcome) => outcome.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }
}

/** The query builder of a transaction, typed with the tables that the calling `.sql.ts` file owns. */
export const sqlOf = <Tables>(tx: ReadTransaction): Kysely<Tables> => tx.sql as Kysely<Tables>;

/** One step forward of a feature's tables, in portable SQL; never changed once released. */
export interface Migration {
  /** `feature/0001-words`, unique, applied in the order in which features and their migrations are listed. */
  readonly name: string;
  /** Statements, run one by one in one transaction. */
  readonly statements: readonly string[];
}
