import type { IdentityMethod, Invitation } from "@pomona/contract";
import { asId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  enrollment_invitations: {
    tenant_id: string;
    id: string;
    code_hash: string;
    name: string;
    created_at: number;
    expires_at: number;
    max_uses: number;
    uses: number;
    serial_number: string | null;
    identity: string;
    revoked_at: number | null;
  };
}

export const invitationMigrations: readonly Migration[] = [
  {
    name: "enrollment/0002-invitations",
    statements: [
      `CREATE TABLE enrollment_invitations (tenant_id TEXT NOT NULL, id TEXT NOT NULL, code_hash TEXT NOT NULL,
         name TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, max_uses INTEGER NOT NULL,
         uses INTEGER NOT NULL DEFAULT 0, serial_number TEXT, revoked_at INTEGER, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX enrollment_invitations_by_code ON enrollment_invitations (code_hash)",
    ],
  },
];

export interface InvitationRow {
  readonly tenantId: TenantId;
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly maxUses: number;
  readonly uses: number;
  readonly serialNumber: string | null;
  readonly identity: IdentityMethod;
  readonly revokedAt: number | null;
}

const toRow = (row: Tables["enrollment_invitations"]): InvitationRow => ({
  tenantId: asId<"tenant">(row.tenant_id),
  id: row.id,
  name: row.name,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  maxUses: row.max_uses,
  uses: row.uses,
  serialNumber: row.serial_number,
  identity: row.identity as IdentityMethod,
  revokedAt: row.revoked_at,
});

export const toInvitation = (row: InvitationRow): Invitation => ({
  id: row.id,
  name: row.name,
  createdAt: new Date(row.createdAt).toISOString(),
  expiresAt: new Date(row.expiresAt).toISOString(),
  maxUses: row.maxUses,
  uses: row.uses,
  serialNumber: row.serialNumber,
  identity: row.identity,
});

/** Whether a Mac may still begin with it. */
export const isOpen = (row: InvitationRow, now: number): boolean =>
  row.revokedAt === null && now < row.expiresAt && row.uses < row.maxUses;

export async function insertInvitation(
  tx: WriteTransaction,
  row: Omit<InvitationRow, "tenantId" | "createdAt" | "uses" | "revokedAt">,
  codeHash: string,
): Promise<InvitationRow> {
  const values = {
    tenant_id: tx.scope.tenantId,
    id: row.id,
    code_hash: codeHash,
    name: row.name,
    created_at: tx.now,
    expires_at: row.expiresAt,
    max_uses: row.maxUses,
    uses: 0,
    serial_number: row.serialNumber,
    identity: row.identity,
    revoked_at: null,
  };
  await sqlOf<Tables>(tx).insertInto("enrollment_invitations").values(values).execute();
  return toRow(values);
}

/** By its code alone: whoever opens the portal has no tenant yet. */
export async function findInvitationByCode(tx: ReadTransaction, codeHash: string): Promise<InvitationRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_invitations")
    .selectAll()
    .where("code_hash", "=", codeHash)
    .executeTakeFirst();
  return row && toRow(row);
}

export async function readInvitations(tx: ReadTransaction, before: string | undefined, limit: number) {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("enrollment_invitations")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("revoked_at", "is", null)
    .$if(before !== undefined, (query) => query.where("id", "<", before!))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** @returns whether there was such an invitation */
export async function revokeInvitation(tx: WriteTransaction, id: string): Promise<boolean> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("enrollment_invitations")
    .set({ revoked_at: tx.now })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Counts one more Mac; false when the invitation has none left, expired or was revoked. */
export async function useInvitation(tx: WriteTransaction, id: string): Promise<boolean> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("enrollment_invitations")
    .set((e) => ({ uses: e("uses", "+", 1) }))
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", tx.now)
    .where((e) => e("uses", "<", e.ref("max_uses")))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
