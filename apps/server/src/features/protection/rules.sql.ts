import { asId, type DeviceId, type RuleId } from "@pomona/facts";
import type { BlockRule } from "@pomona/rules";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { RuleRow } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  name: string;
  match: string;
  mode: string;
  message: string | null;
  expires_at: number | null;
  allows_platform: number;
  is_for_tenant: number;
  created_at: number;
  created_by: string;
  fallback: string | null;
  removed_at: number | null;
}
interface Tables {
  rules: Columns;
  rule_devices: { tenant_id: string; rule_id: string; device_id: string };
  applied_states: { tenant_id: string; device_id: string; token: string; rejected: string; at: number };
}

export const ruleMigrations: readonly Migration[] = [
  {
    name: "protection/0001-rules",
    statements: [
      `CREATE TABLE rules (tenant_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, match TEXT NOT NULL,
         mode TEXT NOT NULL, message TEXT, expires_at INTEGER, allows_platform INTEGER NOT NULL,
         is_for_tenant INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, fallback TEXT,
         removed_at INTEGER, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      `CREATE TABLE rule_devices (tenant_id TEXT NOT NULL, rule_id TEXT NOT NULL, device_id TEXT NOT NULL,
         PRIMARY KEY (tenant_id, rule_id, device_id)) WITHOUT ROWID`,
      `CREATE TABLE applied_states (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, token TEXT NOT NULL,
         rejected TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
    ],
  },
];

const toRow = (row: Columns, deviceIds: readonly DeviceId[]): RuleRow => ({
  id: asId<"rule">(row.id),
  name: row.name,
  match: JSON.parse(row.match) as BlockRule["match"],
  mode: row.mode as BlockRule["mode"],
  message: row.message === null ? undefined : (JSON.parse(row.message) as BlockRule["message"]),
  expiresAt: row.expires_at ?? undefined,
  allowPlatformBinary: row.allows_platform === 1,
  scope: row.is_for_tenant === 1 ? { tenant: true } : { deviceIds },
  createdAt: row.created_at,
  createdBy: row.created_by,
  fallback: row.fallback,
});

/** Writes a rule and whom it is for; replaces what was there. */
export async function putRule(tx: WriteTransaction, rule: RuleRow): Promise<void> {
  const { tenantId } = tx.scope;
  const values = {
    name: rule.name,
    match: JSON.stringify(rule.match),
    mode: rule.mode,
    message: rule.message === undefined ? null : JSON.stringify(rule.message),
    expires_at: rule.expiresAt ?? null,
    allows_platform: rule.allowPlatformBinary ? 1 : 0,
    is_for_tenant: "tenant" in rule.scope ? 1 : 0,
    created_at: rule.createdAt,
    created_by: rule.createdBy,
    fallback: rule.fallback,
  };
  const db = sqlOf<Tables>(tx);
  await db
    .insertInto("rules")
    .values({ tenant_id: tenantId, id: rule.id, removed_at: null, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doUpdateSet(values))
    .execute();
  await db.deleteFrom("rule_devices").where("tenant_id", "=", tenantId).where("rule_id", "=", rule.id).execute();
  if ("tenant" in rule.scope) return;
  for (const deviceId of new Set(rule.scope.deviceIds)) {
    await db
      .insertInto("rule_devices")
      .values({ tenant_id: tenantId, rule_id: rule.id, device_id: deviceId })
      .execute();
  }
}

/** All rules of the tenant, oldest first. */
export async function readRules(tx: ReadTransaction): Promise<readonly RuleRow[]> {
  const db = sqlOf<Tables>(tx);
  const { tenantId } = tx.scope;
  const rows = await db
    .selectFrom("rules")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("removed_at", "is", null)
    .orderBy("id")
    .execute();
  const links = await db.selectFrom("rule_devices").selectAll().where("tenant_id", "=", tenantId).execute();
  const byRule = Map.groupBy(links, (link) => link.rule_id);
  return rows.map((row) =>
    toRow(
      row,
      (byRule.get(row.id) ?? []).map((link) => asId<"device">(link.device_id)),
    ),
  );
}

/** Also one that was removed: incidents of Macs that were offline still name it. */
export async function readRuleName(tx: ReadTransaction, id: string): Promise<string | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("rules")
    .select("name")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.name;
}

export async function markRuleRemoved(tx: WriteTransaction, id: RuleId): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("rules")
    .set({ removed_at: tx.now })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

/** What a Mac said is in force. */
export interface AppliedState {
  readonly deviceId: DeviceId;
  readonly token: string;
  readonly rejected: readonly { readonly ruleId: string; readonly reason: string }[];
}

export async function putApplied(tx: WriteTransaction, applied: AppliedState): Promise<void> {
  const values = { token: applied.token, rejected: JSON.stringify(applied.rejected), at: tx.now };
  await sqlOf<Tables>(tx)
    .insertInto("applied_states")
    .values({ tenant_id: tx.scope.tenantId, device_id: applied.deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

export async function readApplied(tx: ReadTransaction): Promise<readonly AppliedState[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("applied_states")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .execute();
  return rows.map((row) => ({
    deviceId: asId<"device">(row.device_id),
    token: row.token,
    rejected: JSON.parse(row.rejected) as AppliedState["rejected"],
  }));
}
