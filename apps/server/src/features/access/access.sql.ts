import type { Role } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { Grant, Principal } from "./model.ts";

interface Tables {
  principals: {
    id: string;
    kind: string;
    name: string;
    secret_hash: string | null;
    created_at: number;
    expires_at: number | null;
    revoked_at: number | null;
    last_used_at: number | null;
  };
  grants: { tenant_id: string; principal_id: string; role: string };
  sessions: { secret_hash: string; principal_id: string; created_at: number; expires_at: number };
  sign_in_links: {
    secret_hash: string;
    person_name: string;
    tenant_id: string;
    role: string;
    expires_at: number;
    used_at: number | null;
  };
}

export const accessMigrations: readonly Migration[] = [
  {
    name: "access/0001-principals",
    statements: [
      `CREATE TABLE principals (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, secret_hash TEXT UNIQUE,
         created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, last_used_at INTEGER) WITHOUT ROWID`,
      `CREATE TABLE grants (tenant_id TEXT NOT NULL, principal_id TEXT NOT NULL, role TEXT NOT NULL,
         PRIMARY KEY (tenant_id, principal_id)) WITHOUT ROWID`,
      "CREATE INDEX grants_by_principal ON grants (principal_id)",
      `CREATE TABLE sessions (secret_hash TEXT PRIMARY KEY, principal_id TEXT NOT NULL, created_at INTEGER NOT NULL,
         expires_at INTEGER NOT NULL) WITHOUT ROWID`,
      `CREATE TABLE sign_in_links (secret_hash TEXT PRIMARY KEY, person_name TEXT NOT NULL, tenant_id TEXT NOT NULL,
         role TEXT NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER) WITHOUT ROWID`,
    ],
  },
];

export type PrincipalRow = Tables["principals"];

export const findByToken = (tx: ReadTransaction, secretHash: string, now: number): Promise<PrincipalRow | undefined> =>
  sqlOf<Tables>(tx)
    .selectFrom("principals")
    .selectAll()
    .where("secret_hash", "=", secretHash)
    .where("revoked_at", "is", null)
    .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", now)]))
    .executeTakeFirst();

export const findBySession = (
  tx: ReadTransaction,
  secretHash: string,
  now: number,
): Promise<PrincipalRow | undefined> =>
  sqlOf<Tables>(tx)
    .selectFrom("sessions")
    .innerJoin("principals", "principals.id", "sessions.principal_id")
    .selectAll("principals")
    .where("sessions.secret_hash", "=", secretHash)
    .where("sessions.expires_at", ">", now)
    .where("principals.revoked_at", "is", null)
    // A session that was opened with a token ends with it.
    .where((e) => e.or([e("principals.expires_at", "is", null), e("principals.expires_at", ">", now)]))
    .executeTakeFirst();

export const readGrants = async (tx: ReadTransaction, principalId: string): Promise<readonly Grant[]> =>
  (
    await sqlOf<Tables>(tx)
      .selectFrom("grants")
      .select(["tenant_id", "role"])
      .where("principal_id", "=", principalId)
      .orderBy("tenant_id")
      .execute()
  ).map((row) => ({ tenantId: row.tenant_id, role: row.role as Role }));

export async function insertPrincipal(
  tx: WriteTransaction,
  principal: Principal & { readonly secretHash: string | null; readonly expiresAt: number | null },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("principals")
    .values({
      id: principal.id,
      kind: principal.kind,
      name: principal.name,
      secret_hash: principal.secretHash,
      created_at: tx.now,
      expires_at: principal.expiresAt,
      revoked_at: null,
      last_used_at: null,
    })
    .execute();
}

export async function grant(tx: WriteTransaction, principalId: string, { tenantId, role }: Grant): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("grants")
    .values({ tenant_id: tenantId, principal_id: principalId, role })
    .onConflict((conflict) => conflict.columns(["tenant_id", "principal_id"]).doUpdateSet({ role }))
    .execute();
}

export async function insertSession(
  tx: WriteTransaction,
  secretHash: string,
  principalId: string,
  expiresAt: number,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("sessions")
    .values({ secret_hash: secretHash, principal_id: principalId, created_at: tx.now, expires_at: expiresAt })
    .execute();
}

export async function deleteSession(tx: WriteTransaction, secretHash: string): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("sessions").where("secret_hash", "=", secretHash).execute();
}

export async function deleteOldSessions(tx: WriteTransaction): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("sessions").where("expires_at", "<=", tx.now).execute();
}

export async function insertLink(
  tx: WriteTransaction,
  link: { readonly secretHash: string; readonly personName: string; readonly expiresAt: number } & Grant,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("sign_in_links")
    .values({
      secret_hash: link.secretHash,
      person_name: link.personName,
      tenant_id: link.tenantId,
      role: link.role,
      expires_at: link.expiresAt,
      used_at: null,
    })
    .execute();
}

/** Takes the link out of use and says what it stood for; undefined when it is unknown, used or expired. */
export async function useLink(
  tx: WriteTransaction,
  secretHash: string,
): Promise<({ readonly personName: string } & Grant) | undefined> {
  const row = await sqlOf<Tables>(tx)
    .updateTable("sign_in_links")
    .set({ used_at: tx.now })
    .where("secret_hash", "=", secretHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", tx.now)
    .returningAll()
    .executeTakeFirst();
  return row && { personName: row.person_name, tenantId: row.tenant_id, role: row.role as Role };
}

export type TokenRow = PrincipalRow & { readonly role: string };

/** Tokens with a grant in the scope's tenant, in order of id. */
export const readTokens = (tx: ReadTransaction, after: string, limit: number): Promise<TokenRow[]> =>
  sqlOf<Tables>(tx)
    .selectFrom("grants")
    .innerJoin("principals", "principals.id", "grants.principal_id")
    .selectAll("principals")
    .select("grants.role")
    .where("grants.tenant_id", "=", tx.scope.tenantId)
    .where("principals.kind", "=", "token")
    .where("principals.revoked_at", "is", null)
    .where("principals.id", ">", after)
    .orderBy("principals.id")
    .limit(limit)
    .execute();

/**
 * Takes a token's role in the scope's tenant; a token without any role left is revoked. Other tenants' grants are theirs.
 * @returns whether there was such a token in the scope's tenant
 */
export async function revoke(tx: WriteTransaction, tokenId: string): Promise<boolean> {
  const db = sqlOf<Tables>(tx);
  const token = await db
    .selectFrom("principals")
    .select("id")
    .where("id", "=", tokenId)
    .where("kind", "=", "token")
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (token === undefined) return false;
  const { numDeletedRows } = await db
    .deleteFrom("grants")
    .where("principal_id", "=", tokenId)
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  if ((await readGrants(tx, tokenId)).length === 0) {
    await db.updateTable("principals").set({ revoked_at: tx.now }).where("id", "=", tokenId).execute();
  }
  return true;
}

/** Tokens do not count: a server that only programs reach still waits for its first person. */
export const countPeople = async (tx: ReadTransaction): Promise<number> => {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("principals")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("kind", "=", "person")
    .executeTakeFirstOrThrow();
  return row.count;
};

export async function touchTokens(tx: WriteTransaction, used: ReadonlyMap<string, number>): Promise<void> {
  for (const [id, at] of used) {
    await sqlOf<Tables>(tx).updateTable("principals").set({ last_used_at: at }).where("id", "=", id).execute();
  }
}
