import type { Risk } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { Limit, LimitChange } from "./limits-model.ts";

interface Tables {
  budget_limits: {
    tenant_id: string;
    risk: string;
    per_actor: number;
    per_tenant: number;
    undo_seconds: number;
    next_per_actor: number | null;
    next_per_tenant: number | null;
    next_undo_seconds: number | null;
    next_at: number | null;
  };
  budget_refusals: {
    tenant_id: string;
    fact_id: string;
    at: number;
    actor: string;
    action: string;
    risk: string;
    max_devices: number;
    devices: number;
  };
}

/** `next_*`: looser values that count from `next_at` on. */
export const limitMigrations: readonly Migration[] = [
  {
    name: "access/0003-limits",
    statements: [
      `CREATE TABLE budget_limits (tenant_id TEXT NOT NULL, risk TEXT NOT NULL, per_actor INTEGER NOT NULL,
         per_tenant INTEGER NOT NULL, undo_seconds INTEGER NOT NULL, next_per_actor INTEGER, next_per_tenant INTEGER,
         next_undo_seconds INTEGER, next_at INTEGER, PRIMARY KEY (tenant_id, risk)) WITHOUT ROWID`,
      `CREATE TABLE budget_refusals (tenant_id TEXT NOT NULL, fact_id TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL,
         action TEXT NOT NULL, risk TEXT NOT NULL, max_devices INTEGER NOT NULL, devices INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, fact_id)) WITHOUT ROWID`,
      "CREATE INDEX budget_refusals_by_age ON budget_refusals (at)",
    ],
  },
];

/** What counts now, and what is to come; undefined where the tenant never set any. */
export async function readLimit(tx: ReadTransaction, risk: Risk): Promise<LimitChange | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("budget_limits")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("risk", "=", risk)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const now: Limit = { perActor: row.per_actor, perTenant: row.per_tenant, undoSeconds: row.undo_seconds };
  if (row.next_at === null) return { now, next: null };
  const limit: Limit = {
    perActor: row.next_per_actor!,
    perTenant: row.next_per_tenant!,
    undoSeconds: row.next_undo_seconds!,
  };
  return row.next_at <= tx.now ? { now: limit, next: null } : { now, next: { limit, at: row.next_at } };
}

export async function writeLimit(tx: WriteTransaction, risk: Risk, { now, next }: LimitChange): Promise<void> {
  const values = {
    per_actor: now.perActor,
    per_tenant: now.perTenant,
    undo_seconds: now.undoSeconds,
    next_per_actor: next?.limit.perActor ?? null,
    next_per_tenant: next?.limit.perTenant ?? null,
    next_undo_seconds: next?.limit.undoSeconds ?? null,
    next_at: next?.at ?? null,
  };
  await sqlOf<Tables>(tx)
    .insertInto("budget_limits")
    .values({ tenant_id: tx.scope.tenantId, risk, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "risk"]).doUpdateSet(values))
    .execute();
}

export type Exceeded = Pick<Tables["budget_refusals"], "at" | "actor" | "action" | "risk" | "max_devices" | "devices">;

export async function insertExceeded(tx: WriteTransaction, factId: string, exceeded: Exceeded): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("budget_refusals")
    .values({ tenant_id: tx.scope.tenantId, fact_id: factId, ...exceeded })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Newest first. */
export const readExceeded = (tx: ReadTransaction, limit: number): Promise<readonly Exceeded[]> =>
  sqlOf<Tables>(tx)
    .selectFrom("budget_refusals")
    .select(["at", "actor", "action", "risk", "max_devices", "devices"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("fact_id", "desc")
    .limit(limit)
    .execute();

/** Of all tenants. */
export async function deleteOldExceeded(tx: WriteTransaction, before: number): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("budget_refusals").where("at", "<", before).execute();
}
