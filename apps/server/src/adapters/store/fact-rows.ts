import type { DatabaseSync } from "node:sqlite";
import { type AnyFact, asId, type FactType, type NewFact, type TenantId } from "@pomona/facts";
import { newId } from "../../kernel/clock.ts";
import { FILED_UP_TO } from "./fact-filing.ts";
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

interface LastFact {
  deviceSeq: number;
  position: number;
}

/**
 * Writes facts within the open transaction. A device's facts are numbered from memory, because one connection writes them all;
 * what is not in memory was filed, or was left unfiled by a process before.
 */
export class FactWriter {
  readonly #statements: StatementCache;
  readonly #left: { readonly after: number; readonly upTo: number };
  readonly #last = new Map<string, LastFact>();
  readonly #remembered: number;

  /**
   * @param left the positions between which there are unfiled facts of another process
   * @param remembered devices whose last number is remembered, at least
   */
  constructor(database: DatabaseSync, left: { readonly after: number; readonly upTo: number }, remembered = 200_000) {
    this.#statements = new StatementCache(database);
    this.#left = left;
    this.#remembered = remembered;
  }

  write(tenantId: TenantId, fact: NewFact, now: number): AnyFact {
    const deviceId = fact.deviceId ?? null;
    const last = deviceId === null ? undefined : this.#lastOf(tenantId, deviceId);
    const deviceSeq = last === undefined ? 0 : last.deviceSeq + 1;
    const id = newId<"fact">(now);
    const { lastInsertRowid } = this.#statements
      .get("INSERT INTO facts (tenant_id, id, type, device_id, device_seq, at, data) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(tenantId, id, fact.type, deviceId, deviceSeq, now, JSON.stringify(fact.data));
    const position = Number(lastInsertRowid);
    if (last !== undefined) {
      last.deviceSeq = deviceSeq;
      last.position = position;
    }
    return { id, type: fact.type, tenantId, deviceId, deviceSeq, at: now, position, data: fact.data } as AnyFact;
  }

  /** The transaction that wrote these was undone; in whatever order such are told of, the lowest number counts. */
  undone(facts: readonly AnyFact[]): void {
    for (const { tenantId, deviceId, deviceSeq } of facts) {
      const last = this.#last.get(`${tenantId}.${deviceId}`);
      if (last !== undefined && last.deviceSeq >= deviceSeq) last.deviceSeq = deviceSeq - 1;
    }
  }

  /** Facts up to here are filed: when there are many devices, those that said nothing since need not be remembered. */
  filed(upTo: number): void {
    if (this.#last.size <= this.#remembered) return;
    for (const [key, { position }] of this.#last) if (position <= upTo) this.#last.delete(key);
  }

  #lastOf(tenantId: TenantId, deviceId: string): LastFact {
    const key = `${tenantId}.${deviceId}`;
    let last = this.#last.get(key);
    if (last === undefined) {
      last = { deviceSeq: this.#read(tenantId, deviceId), position: 0 };
      this.#last.set(key, last);
    }
    return last;
  }

  #read(tenantId: TenantId, deviceId: string): number {
    const { after, upTo } = this.#left;
    const { filed, left } = this.#statements
      .get(`SELECT (SELECT device_seq FROM facts WHERE position =
          (SELECT max(position) FROM device_facts WHERE tenant_id = ?1 AND device_id = ?2)) AS filed,
        (SELECT max(device_seq) FROM facts WHERE position > ?3 AND position <= ?4 AND tenant_id = ?1 AND device_id = ?2)
          AS left`)
      .get(tenantId, deviceId, after, upTo) as { filed: number | null; left: number | null };
    return Math.max(filed ?? 0, left ?? 0);
  }
}

/** In these `%` stands for the limit and `&` for a condition on the type. */
const AFTER = "SELECT * FROM facts WHERE position > ?1 & ORDER BY position LIMIT %";
export const AFTER_IN_TENANT = `SELECT * FROM (SELECT facts.* FROM tenant_facts AS filed
      CROSS JOIN facts ON facts.position = filed.position
    WHERE filed.position > ?1 AND filed.tenant_id = ?2 AND filed.position <= ${FILED_UP_TO} & ORDER BY filed.position LIMIT %)
  UNION ALL SELECT * FROM (SELECT * FROM facts WHERE position > max(?1, ${FILED_UP_TO}) AND tenant_id = ?2 &
    ORDER BY position LIMIT %)
  ORDER BY position LIMIT %`;
export const OF_DEVICE = `SELECT * FROM (SELECT facts.* FROM device_facts AS filed CROSS JOIN facts ON facts.position = filed.position
    WHERE filed.tenant_id = ?1 AND filed.device_id = ?2 AND filed.position < ?3 AND filed.position <= ${FILED_UP_TO}
    ORDER BY filed.position DESC LIMIT %)
  UNION ALL SELECT * FROM (SELECT * FROM facts WHERE position > ${FILED_UP_TO} AND position < ?3 AND tenant_id = ?1
    AND device_id = ?2 ORDER BY position DESC LIMIT %)
  ORDER BY position DESC LIMIT %`;

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
    const { tenantId, types } = filter;
    const place = tenantId === undefined ? [position] : [position, tenantId];
    const numbers = types?.map((_, at) => `?${place.length + at + 1}`);
    const text = (tenantId === undefined ? AFTER : AFTER_IN_TENANT)
      .replaceAll("&", numbers === undefined ? "" : `AND type IN (${numbers.join(", ")})`)
      .replaceAll("%", String(Math.trunc(filter.limit)));
    const rows = this.#statements.get(text).all(...place, ...(types ?? []));
    return (rows as unknown as FactRow[]).map(toFact);
  }

  /** Of one device, newest first: those that are filed, and those that are not yet. */
  ofDevice(
    tenantId: TenantId,
    deviceId: string,
    page: { readonly before?: number; readonly limit: number },
  ): readonly AnyFact[] {
    const rows = this.#statements
      .get(OF_DEVICE.replaceAll("%", String(Math.trunc(page.limit))))
      .all(tenantId, deviceId, page.before ?? Number.MAX_SAFE_INTEGER);
    return (rows as unknown as FactRow[]).map(toFact);
  }

  /** Of the newest fact; undefined when there is none. */
  newestId(): string | undefined {
    const row = this.#statements.get("SELECT id FROM facts ORDER BY position DESC LIMIT 1").get();
    return row === undefined ? undefined : String(row["id"]);
  }

  range(): { readonly oldest: number; readonly newest: number } {
    const row = this.#statements.get("SELECT min(position) AS oldest, max(position) AS newest FROM facts").get() as {
      oldest: number | null;
      newest: number | null;
    };
    return { oldest: row.oldest ?? 0, newest: row.newest ?? 0 };
  }
}
