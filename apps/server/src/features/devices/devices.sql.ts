import type { DeviceSetup } from "@pomona/contract";
import { asId, type Channel, type DeviceId, type TenantId } from "@pomona/facts";
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { ChannelState, DeviceRow } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  serial_number: string | null;
  name: string;
  is_named: number;
  model: string;
  os_version: string;
  created_at: number;
  quarantine: string | null;
  udid: string | null;
  mdm_enrolled: number;
  mdm_enrolled_at: number | null;
  mdm_seen_at: number | null;
  mdm_pushable: number;
  agent_installed: number;
  agent_online: number;
  agent_version: string | null;
  agent_seen_at: number | null;
  channels: string;
  sensor_state: string;
  sensor_detail: string;
  facts: string;
  facts_at: number | null;
  is_user_enrollment: number;
  setup: string | null;
}
interface Tables {
  devices: Columns;
}

export const deviceMigrations: readonly Migration[] = [
  {
    name: "devices/0001-devices",
    statements: [
      `CREATE TABLE devices (tenant_id TEXT NOT NULL, id TEXT NOT NULL, serial_number TEXT, name TEXT NOT NULL,
         is_named INTEGER NOT NULL DEFAULT 0, model TEXT NOT NULL DEFAULT '', os_version TEXT NOT NULL DEFAULT '',
         created_at INTEGER NOT NULL, quarantine TEXT, udid TEXT, mdm_enrolled INTEGER NOT NULL DEFAULT 0,
         mdm_enrolled_at INTEGER, mdm_seen_at INTEGER, mdm_pushable INTEGER NOT NULL DEFAULT 0,
         agent_installed INTEGER NOT NULL DEFAULT 0, agent_online INTEGER NOT NULL DEFAULT 0, agent_version TEXT,
         agent_seen_at INTEGER, channels TEXT NOT NULL DEFAULT '{}', sensor_state TEXT NOT NULL DEFAULT 'unknown',
         sensor_detail TEXT NOT NULL DEFAULT '', facts TEXT NOT NULL DEFAULT '{}', facts_at INTEGER,
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX devices_by_serial ON devices (tenant_id, serial_number) WHERE serial_number IS NOT NULL",
      "CREATE INDEX devices_by_name ON devices (tenant_id, name, id)",
    ],
  },
  {
    name: "devices/0003-setup",
    statements: [
      "ALTER TABLE devices ADD COLUMN is_user_enrollment INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE devices ADD COLUMN setup TEXT",
    ],
  },
];

export type DeviceColumns = Partial<Omit<Columns, "tenant_id" | "id" | "created_at">>;

const toRow = (row: Columns): DeviceRow => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: asId<"device">(row.id),
  serialNumber: row.serial_number,
  name: row.name,
  isNamed: row.is_named === 1,
  model: row.model,
  osVersion: row.os_version,
  createdAt: row.created_at,
  quarantine: row.quarantine,
  udid: row.udid,
  mdmEnrolled: row.mdm_enrolled === 1,
  mdmEnrolledAt: row.mdm_enrolled_at,
  mdmSeenAt: row.mdm_seen_at,
  mdmPushable: row.mdm_pushable === 1,
  agentInstalled: row.agent_installed === 1,
  agentOnline: row.agent_online === 1,
  agentVersion: row.agent_version,
  agentSeenAt: row.agent_seen_at,
  channels: JSON.parse(row.channels) as Partial<Record<Channel, ChannelState>>,
  sensor: { state: row.sensor_state, detail: row.sensor_detail },
  facts: JSON.parse(row.facts) as DeviceRow["facts"],
  factsAt: row.facts_at,
  isUserEnrollment: row.is_user_enrollment === 1,
  setup: row.setup === null ? null : (JSON.parse(row.setup) as DeviceSetup),
});

export async function readDevice(tx: ReadTransaction, id: DeviceId): Promise<DeviceRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toRow(row);
}

export async function readDeviceBySerial(tx: ReadTransaction, serialNumber: string): Promise<DeviceRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("serial_number", "=", serialNumber)
    .executeTakeFirst();
  return row && toRow(row);
}

export async function insertDevice(
  tx: WriteTransaction,
  id: DeviceId,
  columns: DeviceColumns & { name: string },
): Promise<void> {
  await sqlOf<{ devices: Pick<Columns, "tenant_id" | "id" | "created_at"> & DeviceColumns }>(tx)
    .insertInto("devices")
    .values({ tenant_id: tx.scope.tenantId, id, created_at: tx.now, ...columns })
    .execute();
}

/** @returns whether there is such a device in the scope's tenant */
export async function updateDevice(tx: WriteTransaction, id: DeviceId, columns: DeviceColumns): Promise<boolean> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("devices")
    .set(columns)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Nobody is connected to a server that has just started. */
export async function clearPresence(tx: WriteTransaction): Promise<readonly { tenant_id: string; id: string }[]> {
  return sqlOf<Tables>(tx)
    .updateTable("devices")
    .set({ agent_online: 0 })
    .where("agent_online", "=", 1)
    .returning(["tenant_id", "id"])
    .execute();
}

/** All Macs of the tenant, as little of each as a whole fleet allows. */
export async function readFleet(
  tx: ReadTransaction,
): Promise<readonly { readonly id: DeviceId; readonly hasAgent: boolean; readonly isOnline: boolean }[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .select(["id", "agent_installed", "agent_online"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .execute();
  return rows.map((row) => ({
    id: asId<"device">(row.id),
    hasAgent: row.agent_installed === 1,
    isOnline: row.agent_online === 1,
  }));
}

export interface DeviceFilter {
  readonly words: readonly string[];
  readonly agent?: "online" | "offline" | "missing" | undefined;
  readonly mdm?: "enrolled" | "not-enrolled" | undefined;
  readonly model?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly quarantined?: "only" | undefined;
}

export const SORT_COLUMNS = {
  name: "name",
  serialNumber: "serial_number",
  model: "model",
  osVersion: "os_version",
  createdAt: "created_at",
  agentLastSeenAt: "agent_seen_at",
  mdmLastSeenAt: "mdm_seen_at",
} as const;
export type SortField = keyof typeof SORT_COLUMNS;
export interface DeviceOrder {
  readonly field: SortField;
  readonly isDescending: boolean;
  /** The last row of the page before: its value in the sorted column, and its id. */
  readonly after?: { readonly value: string | number; readonly id: string };
}

const escapeLike = (word: string): string => word.replace(/[\\%_]/g, (c) => `\\${c}`);

function matching(filter: DeviceFilter, tenantId: string) {
  return (e: ExpressionBuilder<Tables, "devices">): Expression<SqlBool> => {
    const parts: Expression<SqlBool>[] = [e("tenant_id", "=", tenantId)];
    for (const word of filter.words) {
      const like = `%${escapeLike(word)}%`;
      parts.push(
        sql<SqlBool>`(name LIKE ${like} ESCAPE '\\' OR serial_number LIKE ${like} ESCAPE '\\' OR model LIKE ${like} ESCAPE '\\'
          OR os_version LIKE ${like} ESCAPE '\\' OR id = ${word})`,
      );
    }
    if (filter.agent === "online") parts.push(e("agent_online", "=", 1));
    if (filter.agent === "offline") parts.push(e("agent_online", "=", 0), e("agent_installed", "=", 1));
    if (filter.agent === "missing") parts.push(e("agent_installed", "=", 0));
    if (filter.mdm !== undefined) parts.push(e("mdm_enrolled", "=", filter.mdm === "enrolled" ? 1 : 0));
    if (filter.model !== undefined) parts.push(e("model", "=", filter.model));
    if (filter.osVersion !== undefined) parts.push(e("os_version", "=", filter.osVersion));
    if (filter.quarantined !== undefined) parts.push(e("quarantine", "is not", null));
    return e.and(parts);
  };
}

/** One page in a stable order (nulls count as the smallest), and how many match in all. */
export async function readDevices(
  tx: ReadTransaction,
  filter: DeviceFilter,
  order: DeviceOrder,
  limit: number,
): Promise<{ readonly rows: readonly DeviceRow[]; readonly total: number }> {
  const db = sqlOf<Tables>(tx);
  const where = matching(filter, tx.scope.tenantId);
  const direction = order.isDescending ? sql`DESC` : sql`ASC`;
  const key = sql`COALESCE(${sql.ref(SORT_COLUMNS[order.field])}, '')`;
  let query = db.selectFrom("devices").selectAll().where(where).limit(limit);
  if (order.after !== undefined) {
    const { value, id } = order.after;
    query = query.where(
      order.isDescending
        ? sql<SqlBool>`(${key}, id) < (${value}, ${id})`
        : sql<SqlBool>`(${key}, id) > (${value}, ${id})`,
    );
  }
  const rows = await query.orderBy(sql`${key} ${direction}, id ${direction}`).execute();
  const { total } = await db
    .selectFrom("devices")
    .select((e) => e.fn.countAll<number>().as("total"))
    .where(where)
    .executeTakeFirstOrThrow();
  return { rows: rows.map(toRow), total };
}

/** Macs of all tenants that live in MDM and whose agent was not heard for long, or never since they enrolled. */
export async function readSilentAgents(
  tx: ReadTransaction,
  since: { readonly agentBefore: number; readonly mdmSince: number },
): Promise<readonly { readonly tenantId: TenantId; readonly deviceId: DeviceId }[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .select(["tenant_id", "id"])
    .where("mdm_enrolled", "=", 1)
    .where("quarantine", "is", null)
    .where("agent_online", "=", 0)
    .where("mdm_seen_at", ">=", since.mdmSince)
    .where("mdm_enrolled_at", "<", since.agentBefore)
    .where((e) => e.or([e("agent_seen_at", "is", null), e("agent_seen_at", "<", since.agentBefore)]))
    .execute();
  return rows.map((row) => ({ tenantId: asId<"tenant">(row.tenant_id), deviceId: asId<"device">(row.id) }));
}

/** Ids of all that match, oldest first. */
export async function readDeviceIds(tx: ReadTransaction, filter: DeviceFilter): Promise<readonly DeviceId[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .select("id")
    .where(matching(filter, tx.scope.tenantId))
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => asId<"device">(id));
}

/** Those of some ids that are devices of the tenant. */
export async function readKnownIds(tx: ReadTransaction, ids: readonly string[]): Promise<readonly DeviceId[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .select("id")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "in", [...ids])
    .execute();
  return rows.map(({ id }) => asId<"device">(id));
}

/** What lists over many Macs call them; a Mac that is gone is not in it. */
export async function readDeviceNames(
  tx: ReadTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("devices")
    .select(["id", "name"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "in", [...new Set(ids)])
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Counts by state, for the dashboard. */
export async function countDevices(tx: ReadTransaction) {
  const db = sqlOf<Tables>(tx);
  const { tenantId } = tx.scope;
  const sums = await db
    .selectFrom("devices")
    .where("tenant_id", "=", tenantId)
    .select((e) => [
      e.fn.countAll<number>().as("devices"),
      e.fn.coalesce(e.fn.sum<number>("mdm_enrolled"), sql<number>`0`).as("enrolled"),
      e.fn.coalesce(e.fn.sum<number>("agent_installed"), sql<number>`0`).as("agentsInstalled"),
      e.fn.coalesce(e.fn.sum<number>("agent_online"), sql<number>`0`).as("agentsOnline"),
      e.fn.count<number>("quarantine").as("quarantined"),
    ])
    .executeTakeFirstOrThrow();
  const by = (column: "os_version" | "model") =>
    db
      .selectFrom("devices")
      .where("tenant_id", "=", tenantId)
      .groupBy(column)
      .select((e) => [e.ref(column).as("value"), e.fn.countAll<number>().as("devices")])
      .orderBy("devices", "desc")
      .limit(50)
      .execute();
  return { ...sums, byOsVersion: await by("os_version"), byModel: await by("model") };
}
