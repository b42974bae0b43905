import type { EnrollmentPolicy } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  enrollment_policies: { tenant_id: string; network_users: string };
}

export const policyMigrations: readonly Migration[] = [
  {
    name: "enrollment/0004-policies",
    statements: [
      "CREATE TABLE enrollment_policies (tenant_id TEXT PRIMARY KEY, network_users TEXT NOT NULL) WITHOUT ROWID",
    ],
  },
];

/** What the tenant decided; network users get no channel until it decides otherwise. */
export async function readPolicy(tx: ReadTransaction): Promise<EnrollmentPolicy> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_policies")
    .select("network_users")
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return { networkUsers: row?.network_users === "accept" ? "accept" : "decline" };
}

export async function putPolicy(tx: WriteTransaction, policy: EnrollmentPolicy): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("enrollment_policies")
    .values({ tenant_id: tx.scope.tenantId, network_users: policy.networkUsers })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ network_users: policy.networkUsers }))
    .execute();
}
