import type { IdentityMethod } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  enrollment_policies: { tenant_id: string; identity: string };
}

export const policyMigrations: readonly Migration[] = [
  {
    name: "enrollment/0005-identity-methods",
    statements: [
      "CREATE TABLE enrollment_policies (tenant_id TEXT PRIMARY KEY, identity TEXT NOT NULL) WITHOUT ROWID",
      "ALTER TABLE enrollment_invitations ADD COLUMN identity TEXT NOT NULL DEFAULT 'scep'",
      // What a challenge may buy: a ClientIdentifier of ACME must never be taken for a SCEP challenge, which needs no attestation.
      "ALTER TABLE scep_challenges ADD COLUMN method TEXT NOT NULL DEFAULT 'scep'",
      "ALTER TABLE enrollments ADD COLUMN is_attested INTEGER NOT NULL DEFAULT 0",
    ],
  },
];

/** How Macs of the scope's tenant get their identity when an invitation does not say; `scep` until someone chose. */
export async function readIdentityPolicy(tx: ReadTransaction): Promise<IdentityMethod> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_policies")
    .select("identity")
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return (row?.identity ?? "scep") as IdentityMethod;
}

export async function putIdentityPolicy(tx: WriteTransaction, identity: IdentityMethod): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("enrollment_policies")
    .values({ tenant_id: tx.scope.tenantId, identity })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet({ identity }))
    .execute();
}
