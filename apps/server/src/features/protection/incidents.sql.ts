import type { IncidentMessage } from "@pomona/agent-protocol";
import type { Incident } from "@pomona/contract";
import { asId, type IncidentId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Columns {
  tenant_id: string;
  id: string;
  device_id: string;
  /** The id that the Mac gave it: the same incident sent twice is one. */
  mac_id: string;
  device_name: string;
  rule_id: string;
  rule_name: string;
  process: string;
  event_at: number;
  action_at: number;
  arrived_at: number;
  action: string;
  outcome: string;
  user_message: string | null;
  state: string;
}
interface Tables {
  incidents: Columns;
}

export const incidentMigrations: readonly Migration[] = [
  {
    name: "protection/0002-incidents",
    statements: [
      `CREATE TABLE incidents (tenant_id TEXT NOT NULL, id TEXT NOT NULL, device_id TEXT NOT NULL, mac_id TEXT NOT NULL,
         device_name TEXT NOT NULL, rule_id TEXT NOT NULL, rule_name TEXT NOT NULL, process TEXT NOT NULL,
         event_at REAL NOT NULL, action_at REAL NOT NULL, arrived_at INTEGER NOT NULL, action TEXT NOT NULL,
         outcome TEXT NOT NULL, user_message TEXT, state TEXT NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX incidents_once ON incidents (tenant_id, device_id, mac_id)",
      "CREATE INDEX incidents_by_device ON incidents (tenant_id, device_id, id)",
      "CREATE INDEX incidents_by_rule ON incidents (tenant_id, rule_id, id)",
    ],
  },
];

/** A Mac's clock can say anything; what is no time on any calendar is shown as the nearest that is. */
const time = (ms: number): string => new Date(Math.min(Math.max(Math.round(ms), 0), 253_402_300_799_999)).toISOString();

const toIncident = (row: Columns): Incident => ({
  id: row.id,
  deviceId: row.device_id,
  deviceName: row.device_name,
  ruleId: row.rule_id,
  ruleName: row.rule_name,
  process: JSON.parse(row.process) as Incident["process"],
  eventAt: time(row.event_at),
  actionAt: time(row.action_at),
  arrivedAt: time(row.arrived_at),
  actionAfterMs: row.action_at - row.event_at,
  action: row.action as Incident["action"],
  outcome: row.outcome,
  userMessage: row.user_message,
  state: row.state as Incident["state"],
});

export interface NewIncident {
  readonly id: IncidentId;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly ruleName: string;
  readonly message: IncidentMessage;
}

/** @returns whether it is new */
export async function insertIncident(tx: WriteTransaction, incident: NewIncident): Promise<boolean> {
  const { message } = incident;
  const { numInsertedOrUpdatedRows } = await sqlOf<Tables>(tx)
    .insertInto("incidents")
    .values({
      tenant_id: tx.scope.tenantId,
      id: incident.id,
      device_id: incident.deviceId,
      mac_id: message.id,
      device_name: incident.deviceName,
      rule_id: message.ruleId,
      rule_name: incident.ruleName,
      process: JSON.stringify(message.process),
      event_at: message.eventAt,
      action_at: message.actionAt,
      arrived_at: tx.now,
      action: message.action,
      outcome: message.outcome,
      user_message: message.userMessage,
      state: "open",
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id", "mac_id"]).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export interface IncidentFilter {
  readonly deviceId?: string | undefined;
  readonly ruleId?: string | undefined;
  readonly state?: string | undefined;
}

/** Newest first. */
export async function readIncidents(
  tx: ReadTransaction,
  { deviceId, ruleId, state }: IncidentFilter,
  before: string | undefined,
  limit: number,
): Promise<readonly Incident[]> {
  let query = sqlOf<Tables>(tx).selectFrom("incidents").selectAll().where("tenant_id", "=", tx.scope.tenantId);
  if (deviceId !== undefined) query = query.where("device_id", "=", deviceId);
  if (ruleId !== undefined) query = query.where("rule_id", "=", ruleId);
  if (state !== undefined) query = query.where("state", "=", state);
  if (before !== undefined) query = query.where("id", "<", before);
  return (await query.orderBy("id", "desc").limit(limit).execute()).map(toIncident);
}

export async function readIncident(tx: ReadTransaction, id: string): Promise<Incident | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("incidents")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toIncident(row);
}

/** @returns its device, when it was open until now */
export async function markClosed(tx: WriteTransaction, id: string) {
  const row = await sqlOf<Tables>(tx)
    .updateTable("incidents")
    .set({ state: "closed" })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("state", "=", "open")
    .returning("device_id")
    .executeTakeFirst();
  return row && asId<"device">(row.device_id);
}
