import type { DatabaseSync } from "node:sqlite";
import { type AnyFact, asId, type FactType, type NewFact, type TenantId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import { StatementCache } from "./statement-cache.ts";

/** The outbox. One writer means that the order of rows is the order of commits, so a row's key is its position. */
export const FACT_TABLES: readonly string[] = [
  `CREATE TABLE facts (
     position INTEGER PRIMARY KEY AUTOINCREMENT, tenant_id TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
     device_id TEXT, device_seq INTEGER NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL)`,
  `CREATE INDEX facts_by_device ON facts (tenant_id, device_id, position)`,
  `CREATE INDEX facts_by_tenant ON facts (tenant_id, position)`,
  `CREATE TABLE fact_cursors (handler TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE fact_dead_letters (handler TEXT NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL,
     error TEXT NOT NULL, PRIMARY KEY (handler, position)) WITHOUT ROWID`,
];

interface FactRow {
  readonly position: number;
  readonly tenant_id: string;
  readonly id: string;
  readonly type: string;
  readonly device_id: string | null;
  readonly device_seq: number;
  readonly at: number;
  readonly data: string;
}

export const toFact = (row: FactRow): AnyFact =>
  ({
    id: asId(row.id),
    type: row.type as FactType,
    tenantId: asId<"tenant">(row.tenant_id),
    deviceId: row.device_id === null ? null : asId<"device">(row.device_id),
    deviceSeq: row.device_seq,
    at: row.at,
    position: row.position,
    data: JSON.parse(row.data) as unknown,
  }) as AnyFact;

/** Devices whose last number is remembered. */
const REMEMBERED = 200_000;

/**
 * Writes facts within the open transaction. A device's facts are numbered from memory, because one connection writes them all;
 * what a transaction took is forgotten with it ({@link forget}), and read again from the rows.
 */
export class FactWriter {
  readonly #statements: StatementCache;
  readonly #last = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#statements = new StatementCache(database);
  }

  write(tenantId: TenantId, fact: NewFact, now: number): AnyFact {
    const deviceId = fact.deviceId ?? null;
    const deviceSeq = deviceId === null ? 0 : this.#next(tenantId, deviceId);
    const id = newId<"fact">(now);
    const { lastInsertRowid } = this.#statements
      .get("INSERT INTO facts (tenant_id, id, type, device_id, device_seq, at, data) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(tenantId, id, fact.type, deviceId, deviceSeq, now, JSON.stringify(fact.data));
    const position = Number(lastInsertRowid);
    return { id, type: fact.type, tenantId, deviceId, deviceSeq, at: now, position, data: fact.data } as AnyFact;
  }

  /** The transaction that wrote these was undone. */
  forget(facts: readonly AnyFact[]): void {
    for (const { tenantId, deviceId } of facts) if (deviceId !== null) this.#last.delete(`${tenantId}.${deviceId}`);
  }

  #next(tenantId: TenantId, deviceId: string): number {
    const key = `${tenantId}.${deviceId}`;
    const next = (this.#last.get(key) ?? this.#read(tenantId, deviceId)) + 1;
    if (this.#last.size >= REMEMBERED) this.#last.clear();
    this.#last.set(key, next);
    return next;
  }

  #read(tenantId: TenantId, deviceId: string): number {
    const row = this.#statements
      .get("SELECT device_seq FROM facts WHERE tenant_id = ? AND device_id = ? ORDER BY position DESC LIMIT 1")
      .get(tenantId, deviceId) as { device_seq: number } | undefined;
    return row?.device_seq ?? 0;
  }
}

/** Reads facts on the reading connection. */
export class FactReader {
  readonly #statements: StatementCache;
  constructor(database: DatabaseSync) {
    this.#statements = new StatementCache(database);
  }

  after(
    position: number,
    filter: { readonly tenantId?: TenantId; readonly types?: readonly FactType[]; readonly limit: number },
  ): readonly AnyFact[] {
    const where = ["position > ?"];
    const parameters: (string | number)[] = [position];
    if (filter.tenantId !== undefined) {
      where.push("tenant_id = ?");
      parameters.push(filter.tenantId);
    }
    if (filter.types !== undefined) {
      where.push(`type IN (${filter.types.map(() => "?").join(", ")})`);
      parameters.push(...filter.types);
    }
    const rows = this.#statements
      .get(`SELECT * FROM facts WHERE ${where.join(" AND ")} ORDER BY position LIMIT ${Math.trunc(filter.limit)}`)
      .all(...parameters);
    return (rows as unknown as FactRow[]).map(toFact);
  }

  range(): { readonly oldest: number; readonly newest: number } {
    const row = this.#statements.get("SELECT min(position) AS oldest, max(position) AS newest FROM facts").get() as {
      oldest: number | null;
      newest: number | null;
    };
    return { oldest: row.oldest ?? 0, newest: row.newest ?? 0 };
  }
}
