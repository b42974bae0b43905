import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import { type CloneEvidence, NO_EVIDENCE } from "./clone-rule.ts";

interface Tables {
  clone_evidence: { tenant_id: string; enrollment_id: string; evidence: string; updated_at: number };
}

export const cloneMigrations: readonly Migration[] = [
  {
    name: "enrollment/0102-clone-evidence",
    statements: [
      `CREATE TABLE clone_evidence (tenant_id TEXT NOT NULL, enrollment_id TEXT NOT NULL, evidence TEXT NOT NULL,
         updated_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, enrollment_id)) WITHOUT ROWID`,
    ],
  },
];

export async function readCloneEvidence(tx: ReadTransaction, enrollmentId: string): Promise<CloneEvidence> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("clone_evidence")
    .select("evidence")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("enrollment_id", "=", enrollmentId)
    .executeTakeFirst();
  return row === undefined ? NO_EVIDENCE : { ...NO_EVIDENCE, ...(JSON.parse(row.evidence) as CloneEvidence) };
}

export async function writeCloneEvidence(
  tx: WriteTransaction,
  enrollmentId: string,
  evidence: CloneEvidence,
): Promise<void> {
  const values = { evidence: JSON.stringify(evidence), updated_at: tx.now };
  await sqlOf<Tables>(tx)
    .insertInto("clone_evidence")
    .values({ tenant_id: tx.scope.tenantId, enrollment_id: enrollmentId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "enrollment_id"]).doUpdateSet(values))
    .execute();
}

/** A new enrollment, or a quarantine that a person will look at, begins anew. */
export async function deleteCloneEvidence(tx: WriteTransaction, enrollmentId: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("clone_evidence")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("enrollment_id", "=", enrollmentId)
    .execute();
}
