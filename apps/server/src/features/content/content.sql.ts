import type { Sealed, SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { BlobSummary } from "./ports.ts";

interface Tables {
  blobs: { hash: string; size: number; chunks: string; created_at: number };
  content_grants: { tenant_id: string; hash: string; granted_at: number };
  content_keys: { name: string; sealed_key: string };
}

/** `blobs` and `content_keys` belong to the installation; what a tenant may have of them is in `content_grants`. */
export const contentMigrations: readonly Migration[] = [
  {
    name: "content/0001-blobs",
    statements: [
      `CREATE TABLE blobs (hash TEXT PRIMARY KEY, size INTEGER NOT NULL, chunks TEXT NOT NULL,
         created_at INTEGER NOT NULL) WITHOUT ROWID`,
      `CREATE TABLE content_grants (tenant_id TEXT NOT NULL, hash TEXT NOT NULL, granted_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, hash)) WITHOUT ROWID`,
      "CREATE TABLE content_keys (name TEXT PRIMARY KEY, sealed_key TEXT NOT NULL) WITHOUT ROWID",
    ],
  },
];

export const contentSealed: SealedColumn = {
  table: "content_keys",
  column: "sealed_key",
  id: "name",
  isPlatform: true,
};

export async function putBlob(tx: WriteTransaction, { hash, size, chunks }: BlobSummary): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("blobs")
    .values({ hash, size, chunks: JSON.stringify(chunks), created_at: tx.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** To be asked only after the grant: knowing a hash proves nothing. */
export async function readBlob(tx: ReadTransaction, hash: string): Promise<BlobSummary | undefined> {
  const row = await sqlOf<Tables>(tx).selectFrom("blobs").selectAll().where("hash", "=", hash).executeTakeFirst();
  return row && { hash: row.hash, size: row.size, chunks: JSON.parse(row.chunks) as string[] };
}

/** Lets the scope's tenant have a blob. */
export async function putGrant(tx: WriteTransaction, hash: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("content_grants")
    .values({ tenant_id: tx.scope.tenantId, hash, granted_at: tx.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function hasGrant(tx: ReadTransaction, hash: string): Promise<boolean> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("content_grants")
    .select("hash")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("hash", "=", hash)
    .executeTakeFirst();
  return row !== undefined;
}

export async function readLinkKey(tx: ReadTransaction): Promise<Sealed | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("content_keys")
    .selectAll()
    .where("name", "=", "links")
    .executeTakeFirst();
  return row && (JSON.parse(row.sealed_key) as Sealed);
}

export async function insertLinkKey(tx: WriteTransaction, sealed: Sealed): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("content_keys")
    .values({ name: "links", sealed_key: JSON.stringify(sealed) })
    .execute();
}
