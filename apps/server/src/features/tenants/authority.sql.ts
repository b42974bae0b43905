import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import type { RevocationReason } from "@pomona/pki";
import type { Sealed, SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { CertificateRole } from "./authority-roles.ts";

interface Tables {
  authority_keys: {
    tenant_id: string;
    name: string;
    certificate: string;
    sealed_key: string;
    created_at: number;
  };
  certificates: {
    hash: string;
    tenant_id: string;
    role: string;
    device_id: string | null;
    enrollment_id: string | null;
    serial: string;
    not_before: number;
    not_after: number;
    revoked_at: number | null;
    revocation_reason: string | null;
  };
}

/**
 * `certificates` is the one table outside tenancy: it says to which tenant a certificate belongs, before there is a scope.
 */
export const authorityMigrations: readonly Migration[] = [
  {
    name: "tenants/0002-authority",
    statements: [
      `CREATE TABLE authority_keys (tenant_id TEXT NOT NULL, name TEXT NOT NULL, certificate TEXT NOT NULL,
         sealed_key TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, name)) WITHOUT ROWID`,
      `CREATE TABLE certificates (hash TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, role TEXT NOT NULL, device_id TEXT,
         enrollment_id TEXT, serial TEXT NOT NULL, not_before INTEGER NOT NULL, not_after INTEGER NOT NULL,
         revoked_at INTEGER) WITHOUT ROWID`,
      "CREATE INDEX certificates_by_enrollment ON certificates (tenant_id, enrollment_id)",
      "CREATE INDEX certificates_by_device ON certificates (tenant_id, device_id)",
      "CREATE INDEX certificates_by_end ON certificates (role, not_after)",
    ],
  },
  {
    name: "tenants/0101-revocation",
    statements: [
      "ALTER TABLE certificates ADD COLUMN revocation_reason TEXT",
      "CREATE INDEX certificates_by_serial ON certificates (tenant_id, serial)",
      "CREATE INDEX certificates_by_revocation ON certificates (tenant_id, revoked_at) WHERE revoked_at IS NOT NULL",
    ],
  },
];

export const authoritySealed: SealedColumn = { table: "authority_keys", column: "sealed_key", id: "name" };

/** A CA or server key at rest: its certificate in DER, its key sealed. */
export interface StoredKey {
  readonly certificate: Uint8Array;
  readonly sealedKey: Sealed;
}

export async function readKey(tx: ReadTransaction, name: string): Promise<StoredKey | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("authority_keys")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("name", "=", name)
    .executeTakeFirst();
  return (
    row && {
      certificate: Buffer.from(row.certificate, "base64"),
      sealedKey: JSON.parse(row.sealed_key) as Sealed,
    }
  );
}

/** Replaces what was there under the name. */
export async function putKey(tx: WriteTransaction, name: string, key: StoredKey): Promise<void> {
  const values = {
    certificate: Buffer.from(key.certificate).toString("base64"),
    sealed_key: JSON.stringify(key.sealedKey),
    created_at: tx.now,
  };
  await sqlOf<Tables>(tx)
    .insertInto("authority_keys")
    .values({ tenant_id: tx.scope.tenantId, name, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "name"]).doUpdateSet(values))
    .execute();
}

/** A certificate that we issued. `hash` is SHA-256 over its DER in lower hex. */
export interface KnownCertificate {
  readonly hash: string;
  readonly tenantId: TenantId;
  readonly role: CertificateRole;
  readonly deviceId: DeviceId | null;
  readonly enrollmentId: string | null;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly revokedAt: number | null;
  readonly revocationReason: RevocationReason | null;
}

export async function insertCertificate(tx: WriteTransaction, known: KnownCertificate): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("certificates")
    .values({
      hash: known.hash,
      tenant_id: known.tenantId,
      role: known.role,
      device_id: known.deviceId,
      enrollment_id: known.enrollmentId,
      serial: known.serial,
      not_before: known.notBefore,
      not_after: known.notAfter,
      revoked_at: known.revokedAt,
      revocation_reason: known.revocationReason,
    })
    .execute();
}

export async function findCertificate(tx: ReadTransaction, hash: string): Promise<KnownCertificate | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("certificates")
    .selectAll()
    .where("hash", "=", hash)
    .executeTakeFirst();
  return row && toKnown(row);
}

const toKnown = (row: Tables["certificates"]): KnownCertificate => ({
  hash: row.hash,
  tenantId: asId<"tenant">(row.tenant_id),
  role: row.role as CertificateRole,
  deviceId: row.device_id === null ? null : asId<"device">(row.device_id),
  enrollmentId: row.enrollment_id,
  serial: row.serial,
  notBefore: row.not_before,
  notAfter: row.not_after,
  revokedAt: row.revoked_at,
  revocationReason: row.revocation_reason as RevocationReason | null,
});

/** A certificate of the scope's tenant by the serial number that its issuer gave it, in lower hex as encoded. */
export async function findBySerial(tx: ReadTransaction, serial: string): Promise<KnownCertificate | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("certificates")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("serial", "=", serial)
    .executeTakeFirst();
  return row && toKnown(row);
}

/** What was issued to a device and to its enrollments, newest first. */
export async function readCertificatesOf(
  tx: ReadTransaction,
  deviceId: DeviceId,
  enrollmentIds: readonly string[],
): Promise<readonly KnownCertificate[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("certificates")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where((e) =>
      e.or([
        e("device_id", "=", deviceId),
        ...(enrollmentIds.length === 0 ? [] : [e("enrollment_id", "in", enrollmentIds)]),
      ]),
    )
    .orderBy("not_before", "desc")
    .orderBy("hash")
    .limit(1000)
    .execute();
  return rows.map(toKnown);
}

/** Revoked certificates of the tenant that have not run out, newest revocation first; all without a page. */
export async function readRevoked(
  tx: ReadTransaction,
  page?: { readonly after?: { readonly revokedAt: number; readonly hash: string }; readonly limit: number },
): Promise<readonly KnownCertificate[]> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("certificates")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("revoked_at", "is not", null)
    .where("not_after", ">", tx.now)
    .orderBy("revoked_at", "desc")
    .orderBy("hash");
  if (page !== undefined) query = query.limit(page.limit);
  const after = page?.after;
  if (after !== undefined)
    query = query.where((e) =>
      e.or([
        e("revoked_at", "<", after.revokedAt),
        e.and([e("revoked_at", "=", after.revokedAt), e("hash", ">", after.hash)]),
      ]),
    );
  return (await query.execute()).map(toKnown);
}

export interface RevokeOptions {
  readonly role?: CertificateRole;
  /** The hash of one that stays. */
  readonly except?: string;
  /** As in RFC 5280 section 5.3.1. Default "unspecified". */
  readonly reason?: RevocationReason;
}

/** Revokes what a device or an enrollment of the scope's tenant holds; with `except`, all but that one. @returns hashes */
export async function revokeCertificates(
  tx: WriteTransaction,
  of: { readonly deviceId: DeviceId } | { readonly enrollmentId: string } | { readonly hash: string },
  options: RevokeOptions = {},
): Promise<readonly string[]> {
  let query = sqlOf<Tables>(tx)
    .updateTable("certificates")
    .set({ revoked_at: tx.now, revocation_reason: options.reason ?? "unspecified" })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("revoked_at", "is", null);
  if ("deviceId" in of) query = query.where("device_id", "=", of.deviceId);
  else if ("enrollmentId" in of) query = query.where("enrollment_id", "=", of.enrollmentId);
  else query = query.where("hash", "=", of.hash);
  if (options.role !== undefined) query = query.where("role", "=", options.role);
  if (options.except !== undefined) query = query.where("hash", "!=", options.except);
  return (await query.returning("hash").execute()).map((row) => row.hash);
}
