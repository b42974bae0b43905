import type { DatabaseSync } from "node:sqlite";
import type { AnyFact, TenantId } from "@pomona/facts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { Migration, Store } from "../../kernel/store.ts";
import { diskFault } from "./disk-fault.ts";
import { StatementCache } from "./statement-cache.ts";

/** Its row in `fact_cursors`: facts up to here are in `device_facts`. */
const CURSOR = "kernel/facts-by-device";
/** For statements that look at the filed and at the others: where the border is. */
export const FILED_UP_TO = `(SELECT position FROM fact_cursors WHERE handler = '${CURSOR}')`;

const FILE = `INSERT OR IGNORE INTO device_facts (tenant_id, device_id, position)
  SELECT tenant_id, device_id, position FROM facts WHERE device_id IS NOT NULL`;
const IN_ORDER = "ORDER BY tenant_id, device_id, position";

/** An index of the facts of each device, kept by {@link FactFiling} instead of by each fact: see decision 30. */
export const DEVICE_FACT_TABLES: Migration = {
  name: "kernel/0003-facts-by-device",
  statements: [
    `CREATE TABLE device_facts (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, position INTEGER NOT NULL,
       PRIMARY KEY (tenant_id, device_id, position)) WITHOUT ROWID`,
    `${FILE} ${IN_ORDER}`,
    `INSERT INTO fact_cursors (handler, position) SELECT '${CURSOR}', coalesce(max(position), 0) FROM facts`,
    "DROP INDEX facts_by_device",
  ],
};

/** A write that takes long makes every Mac wait. */
const DEVICES_AT_ONCE = 25;
/** Facts of no device that may be passed over before it is written down. */
const PASSED_UNWRITTEN = 5_000;

interface Unfiled {
  readonly tenantId: TenantId;
  readonly deviceId: string;
  readonly positions: number[];
}

/**
 * Files committed facts under their device, those of a few seconds together and in the order of devices: each would otherwise
 * write a page that no other one needs. Until then they are found by their position. Cut off anywhere, it is done again.
 */
export class FactFiling {
  readonly #statements: StatementCache;
  #unfiled = new Map<string, Unfiled>();
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
    this.#statements.get(`${FILE} AND position > ? AND position <= ? ${IN_ORDER}`).run(this.#filed, this.#left);
    this.#moveBorder(this.#left);
  }

  #moveBorder(position: number): void {
    this.#statements.get("UPDATE fact_cursors SET position = ? WHERE handler = ?").run(position, CURSOR);
  }

  /** These are committed, and so is every fact before them. */
  committed(facts: readonly AnyFact[]): void {
    for (const { tenantId, deviceId, position } of facts) {
      this.#newest = position;
      if (deviceId !== null) this.#add({ tenantId, deviceId, positions: [position] });
    }
  }

  #add({ tenantId, deviceId, positions }: Unfiled): void {
    const key = `${tenantId}.${deviceId}`;
    const held = this.#unfiled.get(key);
    if (held === undefined) this.#unfiled.set(key, { tenantId, deviceId, positions: [...positions] });
    else held.positions.push(...positions);
  }

  /** Files everything that is committed. @returns the position up to which that is done */
  async file(store: Pick<Store, "write">): Promise<number> {
    if (this.#unfiled.size === 0 && this.#newest - this.#filed < PASSED_UNWRITTEN) return this.#filed;
    const [taken, end] = [this.#unfiled, this.#newest];
    this.#unfiled = new Map();
    const scope = systemScope(PLATFORM, "facts");
    try {
      await store.write(scope, async () => this.#fileLeft());
      this.#filed = Math.max(this.#filed, this.#left);
      const devices = [...taken.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, unfiled]) => unfiled);
      for (let at = 0; at < devices.length; at += DEVICES_AT_ONCE) {
        await store.write(scope, async () => {
          for (const { tenantId, deviceId, positions } of devices.slice(at, at + DEVICES_AT_ONCE))
            for (const position of positions) this.#insert(tenantId, deviceId, position);
        });
      }
      await store.write(scope, async () => this.#moveBorder(end));
      this.#filed = end;
    } catch (error) {
      for (const unfiled of taken.values()) this.#add(unfiled);
      throw error;
    }
    return end;
  }

  #insert(tenantId: TenantId, deviceId: string, position: number): void {
    this.#statements
      .get("INSERT OR IGNORE INTO device_facts (tenant_id, device_id, position) VALUES (?, ?, ?)")
      .run(tenantId, deviceId, position);
  }
}
