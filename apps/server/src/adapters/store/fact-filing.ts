import type { DatabaseSync } from "node:sqlite";
import type { AnyFact, DeviceId, TenantId } from "@pomona/facts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type Migration, type Store, writeInSlices } from "../../kernel/store.ts";
import { diskFault } from "./disk-fault.ts";
import { StatementCache } from "./statement-cache.ts";

/** Its row in `fact_cursors`: facts up to here are in `device_facts` and `tenant_facts`. */
const CURSOR = "kernel/filed";
/** For statements that look at the filed and at the others: where the border is. */
export const FILED_UP_TO = `(SELECT position FROM fact_cursors WHERE handler = '${CURSOR}')`;

const fileBetween = (range: string): readonly string[] => [
  `INSERT OR IGNORE INTO device_facts (tenant_id, device_id, position) SELECT tenant_id, device_id, position FROM facts
     WHERE device_id IS NOT NULL AND ${range} ORDER BY tenant_id, device_id, position`,
  `INSERT OR IGNORE INTO tenant_facts (tenant_id, position) SELECT tenant_id, position FROM facts
     WHERE ${range} ORDER BY tenant_id, position`,
];

const FACT_COLUMNS = "position, tenant_id, id, type, device_id, device_seq, at, data";

/**
 * Indexes of the facts of each device and tenant, kept by {@link FactFiling} instead of by each fact: see decision 30. Positions
 * do not come again as long as the newest fact is kept.
 */
export const FILED_FACT_TABLES: Migration = {
  name: "kernel/0003-filed-facts",
  statements: [
    `CREATE TABLE device_facts (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, position INTEGER NOT NULL,
       PRIMARY KEY (tenant_id, device_id, position)) WITHOUT ROWID`,
    `CREATE TABLE tenant_facts (tenant_id TEXT NOT NULL, position INTEGER NOT NULL,
       PRIMARY KEY (tenant_id, position)) WITHOUT ROWID`,
    ...fileBetween("position > 0"),
    `INSERT INTO fact_cursors (handler, position) SELECT '${CURSOR}', coalesce(max(position), 0) FROM facts`,
    // Without AUTOINCREMENT, which writes a page of its own at every commit.
    `CREATE TABLE facts_plain (position INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
       device_id TEXT, device_seq INTEGER NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL)`,
    `INSERT INTO facts_plain (${FACT_COLUMNS}) SELECT ${FACT_COLUMNS} FROM facts ORDER BY position`,
    "DROP TABLE facts",
    "ALTER TABLE facts_plain RENAME TO facts",
  ],
};

const ROWS_AT_ONCE = 100;

interface Unfiled {
  readonly tenantId: TenantId;
  readonly positions: number[];
}
interface UnfiledOfDevice extends Unfiled {
  readonly deviceId: DeviceId;
}

/**
 * Files committed facts under their device and tenant, those of a few seconds together and in order: each would otherwise write
 * a page that no other one needs. Until then they are found by their position. Cut off anywhere, it is done again.
 */
export class FactFiling {
  readonly #statements: StatementCache;
  #ofDevices = new Map<string, UnfiledOfDevice>();
  #ofTenants = new Map<TenantId, Unfiled>();
  #newest = 0;
  #filed = 0;
  /** Up to here another process wrote. */
  #left = 0;

  constructor(database: DatabaseSync) {
    this.#statements = new StatementCache(database);
  }

  /**
   * Files what a process before left; when the disk is full, that is done later.
   * @returns the positions between which facts are left
   */
  catchUp(): { readonly after: number; readonly upTo: number } {
    const { filed, newest } = this.#statements
      .get(`SELECT ${FILED_UP_TO} AS filed, (SELECT coalesce(max(position), 0) FROM facts) AS newest`)
      .get() as { filed: number; newest: number };
    this.#filed = filed;
    this.#left = newest;
    this.#newest = newest;
    try {
      this.#fileLeft();
      this.#filed = newest;
    } catch (error) {
      if (diskFault(error) !== "full") throw error;
    }
    return { after: this.#filed, upTo: newest };
  }

  /** The border moves last: it may be found too low, never too high. */
  #fileLeft(): void {
    if (this.#filed >= this.#left) return;
    for (const text of fileBetween("position > ? AND position <= ?"))
      this.#statements.get(text).run(this.#filed, this.#left);
    this.#moveBorder(this.#left);
  }

  #moveBorder(position: number): void {
    this.#statements.get("UPDATE fact_cursors SET position = ? WHERE handler = ?").run(position, CURSOR);
  }

  /** These are committed, and so is every fact before them. */
  committed(facts: readonly AnyFact[]): void {
    for (const { tenantId, deviceId, position } of facts) {
      this.#newest = position;
      addTo(this.#ofTenants, tenantId, { tenantId, positions: [position] });
      if (deviceId !== null)
        addTo(this.#ofDevices, `${tenantId}.${deviceId}`, { tenantId, deviceId, positions: [position] });
    }
  }

  /** Files everything that is committed; its runs may not overlap. @returns the position up to which that is done */
  async file(store: Pick<Store, "write">): Promise<number> {
    if (this.#newest === this.#filed) return this.#filed;
    const [ofDevices, ofTenants, end] = [this.#ofDevices, this.#ofTenants, this.#newest];
    this.#ofDevices = new Map();
    this.#ofTenants = new Map();
    const scope = systemScope(PLATFORM, "facts");
    try {
      // What a process before left goes first, if the disk was full when this one started.
      await store.write(scope, async () => this.#fileLeft());
      this.#filed = Math.max(this.#filed, this.#left);
      const devices = [...ofDevices].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, unfiled]) => rowsOf(unfiled));
      await writeInSlices(store, scope, devices, ROWS_AT_ONCE, async (_, rows) => this.#fileDevices(rows));
      const tenants = [...ofTenants.values()].flatMap(rowsOf);
      await writeInSlices(store, scope, tenants, ROWS_AT_ONCE, async (_, rows) => this.#fileTenants(rows));
      await store.write(scope, async () => this.#moveBorder(end));
      this.#filed = end;
    } catch (error) {
      for (const [key, unfiled] of ofDevices) addTo(this.#ofDevices, key, unfiled);
      for (const [key, unfiled] of ofTenants) addTo(this.#ofTenants, key, unfiled);
      throw error;
    }
    return end;
  }

  #fileDevices(rows: readonly RowOf<UnfiledOfDevice>[]): void {
    const insert = this.#statements.get(
      "INSERT OR IGNORE INTO device_facts (tenant_id, device_id, position) VALUES (?, ?, ?)",
    );
    for (const { of, position } of rows) insert.run(of.tenantId, of.deviceId, position);
  }

  #fileTenants(rows: readonly RowOf<Unfiled>[]): void {
    const insert = this.#statements.get("INSERT OR IGNORE INTO tenant_facts (tenant_id, position) VALUES (?, ?)");
    for (const { of, position } of rows) insert.run(of.tenantId, position);
  }
}

interface RowOf<Of extends Unfiled> {
  readonly of: Of;
  readonly position: number;
}
const rowsOf = <Of extends Unfiled>(of: Of): readonly RowOf<Of>[] => of.positions.map((position) => ({ of, position }));

function addTo<Key, Value extends Unfiled>(unfiled: Map<Key, Value>, key: Key, more: Value): void {
  const held = unfiled.get(key);
  if (held === undefined) unfiled.set(key, more);
  else for (const position of more.positions) held.positions.push(position);
}
