import type { SecretKind } from "@pomona/facts";
import { sql } from "kysely";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import { KINDS, type Policy } from "./kinds.ts";

interface Tables {
  escrow_policies: {
    tenant_id: string;
    kind: string;
    is_automatic: number;
    every_days: number | null;
    after_reveal_minutes: number | null;
    keep_old_days: number;
  };
}

export const policyMigrations: readonly Migration[] = [
  {
    name: "escrow/0003-policies",
    statements: [
      `CREATE TABLE escrow_policies (tenant_id TEXT NOT NULL, kind TEXT NOT NULL, is_automatic INTEGER NOT NULL,
         every_days INTEGER, after_reveal_minutes INTEGER, keep_old_days INTEGER NOT NULL, PRIMARY KEY (tenant_id, kind))
         WITHOUT ROWID`,
    ],
  },
];

/** How a kind is kept in the scope's tenant; our own defaults where it has not said. */
export async function readPolicy(tx: ReadTransaction, kind: SecretKind): Promise<Policy> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_policies")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("kind", "=", kind)
    .executeTakeFirst();
  return row === undefined
    ? KINDS[kind].policy
    : {
        isAutomatic: row.is_automatic === 1,
        everyDays: row.every_days,
        afterRevealMinutes: row.after_reveal_minutes,
        keepOldDays: row.keep_old_days,
      };
}

/** Keeps a policy, and plans anew what is held: no value stays with a day from a rule that is gone. */
export async function putPolicy(tx: WriteTransaction, kind: SecretKind, policy: Policy): Promise<void> {
  const values = {
    is_automatic: policy.isAutomatic ? 1 : 0,
    every_days: policy.everyDays,
    after_reveal_minutes: policy.afterRevealMinutes,
    keep_old_days: policy.keepOldDays,
  };
  const { tenantId } = tx.scope;
  await sqlOf<Tables>(tx)
    .insertInto("escrow_policies")
    .values({ tenant_id: tenantId, kind, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "kind"]).doUpdateSet(values))
    .execute();
  const everyMs = policy.everyDays === null ? null : policy.everyDays * 86_400_000;
  // One that somebody saw keeps its sooner day.
  await sql`UPDATE escrow_secrets SET rotate_at = CASE WHEN ${everyMs} IS NULL THEN NULL
      WHEN COALESCE(confirmed_at, created_at) + ${everyMs} < ${tx.now} THEN ${tx.now}
      ELSE COALESCE(confirmed_at, created_at) + ${everyMs} END
    WHERE tenant_id = ${tenantId} AND kind = ${kind} AND slot = 'current'
      AND (revealed_at IS NULL OR rotate_at IS NULL)`.execute(sqlOf<Tables>(tx));
}
