import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { BundleRow } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  exported_at: number;
  exported_by: string;
  recipients: string;
  value_count: number;
  unreadable: number;
  kids: string;
  code_hash: string;
  tested_at: number | null;
}
interface Tables {
  recovery_bundles: Columns;
}

export const bundleMigrations: readonly Migration[] = [
  {
    name: "recovery/0001-bundles",
    statements: [
      `CREATE TABLE recovery_bundles (tenant_id TEXT NOT NULL, id TEXT NOT NULL, exported_at INTEGER NOT NULL,
         exported_by TEXT NOT NULL, recipients TEXT NOT NULL, value_count INTEGER NOT NULL, unreadable INTEGER NOT NULL,
         kids TEXT NOT NULL, code_hash TEXT NOT NULL, tested_at INTEGER, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX recovery_bundles_by_code ON recovery_bundles (code_hash)",
    ],
  },
];

const toRow = (row: Columns): BundleRow => ({
  id: row.id,
  exportedAt: row.exported_at,
  exportedBy: row.exported_by,
  recipients: JSON.parse(row.recipients) as readonly string[],
  values: row.value_count,
  unreadable: row.unreadable,
  kids: JSON.parse(row.kids) as readonly string[],
  codeHash: row.code_hash,
  testedAt: row.tested_at,
});

/** @returns false when it is known already */
export async function insertBundle(tx: WriteTransaction, bundle: BundleRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await sqlOf<Tables>(tx)
    .insertInto("recovery_bundles")
    .values({
      tenant_id: tx.scope.tenantId,
      id: bundle.id,
      exported_at: bundle.exportedAt,
      exported_by: bundle.exportedBy,
      recipients: JSON.stringify(bundle.recipients),
      value_count: bundle.values,
      unreadable: bundle.unreadable,
      kids: JSON.stringify(bundle.kids),
      code_hash: bundle.codeHash,
      tested_at: bundle.testedAt,
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Those that cover the scope's tenant, newest first. */
export async function readBundles(tx: ReadTransaction): Promise<readonly BundleRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("recovery_bundles")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("exported_at", "desc")
    .limit(50)
    .execute();
  return rows.map(toRow);
}

/** The scope's tenant's part of the bundle whose drill prints a code. */
export async function findByCode(tx: ReadTransaction, codeHash: string): Promise<BundleRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("recovery_bundles")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("code_hash", "=", codeHash)
    .executeTakeFirst();
  return row && toRow(row);
}

/** All tenants that a bundle covers, by the code of its drill. */
export async function readTenantsOf(tx: ReadTransaction, codeHash: string): Promise<readonly string[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("recovery_bundles")
    .select("tenant_id")
    .where("code_hash", "=", codeHash)
    .execute();
  return rows.map((row) => row.tenant_id);
}

export async function noteTested(tx: WriteTransaction, id: string, at: number): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("recovery_bundles")
    .set({ tested_at: at })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}
