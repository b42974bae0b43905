import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { AttestedClaims } from "./attestation-claims.ts";

interface Tables {
  acme_attestations: {
    tenant_id: string;
    certificate_hash: string;
    account_id: string;
    enrollment_id: string;
    serial_number: string;
    claims: string;
    attested_at: number;
  };
}

export const attestationMigrations: readonly Migration[] = [
  {
    name: "acme/0003-attestations",
    statements: [
      `CREATE TABLE acme_attestations (tenant_id TEXT NOT NULL, certificate_hash TEXT NOT NULL, account_id TEXT NOT NULL,
         enrollment_id TEXT NOT NULL, serial_number TEXT NOT NULL, claims TEXT NOT NULL, attested_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, certificate_hash)) WITHOUT ROWID`,
      "CREATE INDEX acme_attestations_by_serial ON acme_attestations (tenant_id, serial_number, attested_at)",
      "CREATE INDEX acme_attestations_by_account ON acme_attestations (tenant_id, account_id)",
    ],
  },
];

/** What was attested for one certificate. */
export interface AttestationRow {
  readonly certificateHash: string;
  readonly accountId: string;
  readonly enrollmentId: string;
  readonly claims: AttestedClaims & { readonly serialNumber: string };
  readonly attestedAt: number;
}

export async function insertAttestation(tx: WriteTransaction, row: AttestationRow): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("acme_attestations")
    .values({
      tenant_id: tx.scope.tenantId,
      certificate_hash: row.certificateHash,
      account_id: row.accountId,
      enrollment_id: row.enrollmentId,
      serial_number: row.claims.serialNumber,
      claims: JSON.stringify(row.claims),
      attested_at: row.attestedAt,
    })
    .execute();
}

const toRow = (row: Tables["acme_attestations"]): AttestationRow => ({
  certificateHash: row.certificate_hash,
  accountId: row.account_id,
  enrollmentId: row.enrollment_id,
  claims: JSON.parse(row.claims) as AttestationRow["claims"],
  attestedAt: row.attested_at,
});

/** The newest of a serial number. */
export async function readAttestation(tx: ReadTransaction, serialNumber: string): Promise<AttestationRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("acme_attestations")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("serial_number", "=", serialNumber)
    .orderBy("attested_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Whether an account got the certificate. */
export async function isCertificateOf(tx: ReadTransaction, accountId: string, hash: string): Promise<boolean> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("acme_attestations")
    .select("certificate_hash")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("certificate_hash", "=", hash)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row !== undefined;
}
