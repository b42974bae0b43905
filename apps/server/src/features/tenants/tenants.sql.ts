import { asId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { TenantRow } from "./model.ts";

interface Tables {
  tenants: { id: string; name: string; created_at: number };
}

export const tenantMigrations: readonly Migration[] = [
  {
    name: "tenants/0001-tenants",
    statements: [
      "CREATE TABLE tenants (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID",
    ],
  },
];

const toRow = (row: Tables["tenants"]): TenantRow => ({
  id: asId<"tenant">(row.id),
  name: row.name,
  createdAt: row.created_at,
});

export const insertTenant = async (tx: WriteTransaction, tenant: TenantRow): Promise<void> => {
  await sqlOf<Tables>(tx)
    .insertInto("tenants")
    .values({ id: tenant.id, name: tenant.name, created_at: tenant.createdAt })
    .execute();
};

/** All tenants, oldest first. */
export const readTenants = async (tx: ReadTransaction): Promise<readonly TenantRow[]> =>
  (await sqlOf<Tables>(tx).selectFrom("tenants").selectAll().orderBy("id").execute()).map(toRow);

export const readTenant = async (tx: ReadTransaction, id: TenantId): Promise<TenantRow | undefined> => {
  const row = await sqlOf<Tables>(tx).selectFrom("tenants").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toRow(row);
};
