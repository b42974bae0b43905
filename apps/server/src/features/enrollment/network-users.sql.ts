import type { NetworkUserPolicy } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  network_user_policies: { tenant_id: string; network_users: string };
}

export const networkUserMigrations: readonly Migration[] = [
  {
    name: "enrollment/0007-network-users",
    statements: [
      "CREATE TABLE network_user_policies (tenant_id TEXT PRIMARY KEY, network_users TEXT NOT NULL) WITHOUT ROWID",
    ],
  },
];

/** What the tenant decided; network users get no channel until it decides otherwise. */
export async function readNetworkUserPolicy(tx: ReadTransaction): Promise<NetworkUserPolicy> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("network_user_policies")
    .select("network_users")
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return { networkUsers: row?.network_users === "accept" ? "accept" : "decline" };
}

export async function putNetworkUserPolicy(tx: WriteTransaction, policy: NetworkUserPolicy): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("network_user_policies")
    .values({ tenant_id: tx.scope.tenantId, network_users: policy.networkUsers })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ network_users: policy.networkUsers }))
    .execute();
}
