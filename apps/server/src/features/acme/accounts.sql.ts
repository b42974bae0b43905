import { asId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { AccountJwk } from "./account-key.ts";
import type { Account } from "./model.ts";

interface Tables {
  acme_accounts: {
    tenant_id: string;
    id: string;
    thumbprint: string;
    jwk: string;
    status: string;
    created_at: number;
  };
  acme_orders: { tenant_id: string; account_id: string };
  acme_attestations: { tenant_id: string; account_id: string };
}

export const accountMigrations: readonly Migration[] = [
  {
    name: "acme/0001-accounts",
    statements: [
      `CREATE TABLE acme_accounts (tenant_id TEXT NOT NULL, id TEXT NOT NULL, thumbprint TEXT NOT NULL, jwk TEXT NOT NULL,
         status TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX acme_accounts_by_key ON acme_accounts (tenant_id, thumbprint)",
      "CREATE INDEX acme_accounts_by_time ON acme_accounts (created_at)",
    ],
  },
];

const toAccount = (row: Tables["acme_accounts"]): Account => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: row.id,
  jwk: JSON.parse(row.jwk) as AccountJwk,
  thumbprint: row.thumbprint,
  status: row.status as Account["status"],
  createdAt: row.created_at,
});

export async function readAccount(tx: ReadTransaction, id: string): Promise<Account | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("acme_accounts")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toAccount(row);
}

export async function findAccountByKey(tx: ReadTransaction, thumbprint: string): Promise<Account | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("acme_accounts")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("thumbprint", "=", thumbprint)
    .executeTakeFirst();
  return row && toAccount(row);
}

export async function insertAccount(
  tx: WriteTransaction,
  account: Pick<Account, "id" | "jwk" | "thumbprint">,
): Promise<Account> {
  const row = {
    tenant_id: tx.scope.tenantId,
    id: account.id,
    thumbprint: account.thumbprint,
    jwk: JSON.stringify(account.jwk),
    status: "valid",
    created_at: tx.now,
  };
  await sqlOf<Tables>(tx).insertInto("acme_accounts").values(row).execute();
  return toAccount(row);
}

export async function updateAccount(
  tx: WriteTransaction,
  id: string,
  change: { readonly status: "deactivated" } | Pick<Account, "jwk" | "thumbprint">,
): Promise<void> {
  const columns =
    "status" in change ? { status: change.status } : { jwk: JSON.stringify(change.jwk), thumbprint: change.thumbprint };
  await sqlOf<Tables>(tx)
    .updateTable("acme_accounts")
    .set(columns)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

/** Accounts of all tenants that came to nothing: keys cost whoever makes them nothing. */
export async function deleteIdleAccounts(tx: WriteTransaction, createdBefore: number): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("acme_accounts")
    .where("created_at", "<", createdBefore)
    .where((e) =>
      e.and(
        (["acme_orders", "acme_attestations"] as const).map((table) =>
          e.not(
            e.exists(
              e
                .selectFrom(table)
                .select(`${table}.account_id`)
                .whereRef(`${table}.tenant_id`, "=", "acme_accounts.tenant_id")
                .whereRef(`${table}.account_id`, "=", "acme_accounts.id"),
            ),
          ),
        ),
      ),
    )
    .execute();
}
