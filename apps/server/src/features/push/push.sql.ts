import { asId, type TenantId } from "@pomona/facts";
import type { Sealed, SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  push_certificates: {
    tenant_id: string;
    topic: string;
    subject: string;
    not_after: number;
    certificate: string;
    sealed_key: string;
    refusal: string | null;
    last_push_at: number | null;
    last_error: string | null;
    last_error_at: number | null;
    last_error_status: number | null;
    last_error_reason: string | null;
    warned_days: number | null;
  };
  push_requests: {
    tenant_id: string;
    id: string;
    spki_hash: string;
    sealed_key: string;
    created_at: number;
    csr: string | null;
    signing_certificate: string | null;
    sealed_signing_key: string | null;
  };
}

export const pushMigrations: readonly Migration[] = [
  {
    name: "enrollment/0003-push",
    statements: [
      `CREATE TABLE push_certificates (tenant_id TEXT PRIMARY KEY, topic TEXT NOT NULL, subject TEXT NOT NULL,
         not_after INTEGER NOT NULL, certificate TEXT NOT NULL, sealed_key TEXT NOT NULL, refusal TEXT, last_push_at INTEGER,
         last_error TEXT) WITHOUT ROWID`,
      `CREATE TABLE push_requests (tenant_id TEXT NOT NULL, id TEXT NOT NULL, spki_hash TEXT NOT NULL, sealed_key TEXT NOT NULL,
         created_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE INDEX push_requests_by_key ON push_requests (tenant_id, spki_hash)",
    ],
  },
  {
    name: "push/0001-last-failure",
    statements: [
      "ALTER TABLE push_certificates ADD COLUMN last_error_at INTEGER",
      "ALTER TABLE push_certificates ADD COLUMN last_error_status INTEGER",
      "ALTER TABLE push_certificates ADD COLUMN last_error_reason TEXT",
      "ALTER TABLE push_certificates ADD COLUMN warned_days INTEGER",
      "ALTER TABLE push_requests ADD COLUMN csr TEXT",
      "ALTER TABLE push_requests ADD COLUMN signing_certificate TEXT",
      "ALTER TABLE push_requests ADD COLUMN sealed_signing_key TEXT",
    ],
  },
];

export const pushSealed: readonly SealedColumn[] = [
  {
    table: "push_certificates",
    column: "sealed_key",
    id: null,
    place: () => ({ table: "push_certificates", row: "current", field: "sealed_key" }),
  },
  { table: "push_requests", column: "sealed_key", id: "id" },
  { table: "push_requests", column: "sealed_signing_key", id: "id" },
];

export interface PushCertificate {
  readonly topic: string;
  readonly subject: string;
  /** ms */
  readonly notAfter: number;
  /** PEM */
  readonly certificate: string;
  readonly sealedKey: Sealed;
  /** Why Apple refused the certificate itself; null while it works. */
  readonly refusal: string | null;
  readonly lastPushAt: number | null;
  readonly lastFailure: { readonly at: number; readonly status: number; readonly reason: string } | null;
  /** The last threshold before its end of which was warned; null when of none. */
  readonly warnedDays: number | null;
}

const toCertificate = (row: Tables["push_certificates"]): PushCertificate => ({
  topic: row.topic,
  subject: row.subject,
  notAfter: row.not_after,
  certificate: row.certificate,
  sealedKey: JSON.parse(row.sealed_key) as Sealed,
  refusal: row.refusal,
  lastPushAt: row.last_push_at,
  lastFailure:
    row.last_error_at === null
      ? null
      : { at: row.last_error_at, status: row.last_error_status ?? 0, reason: row.last_error_reason ?? "" },
  warnedDays: row.warned_days,
});

export async function readPushCertificate(tx: ReadTransaction): Promise<PushCertificate | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("push_certificates")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return row && toCertificate(row);
}

/** Certificates of all tenants that end before then. */
export async function readEndingCertificates(
  tx: ReadTransaction,
  before: number,
): Promise<readonly (PushCertificate & { readonly tenantId: TenantId })[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("push_certificates")
    .selectAll()
    .where("not_after", "<", before)
    .limit(10_000)
    .execute();
  return rows.map((row) => ({ ...toCertificate(row), tenantId: asId<"tenant">(row.tenant_id) }));
}

/** The topic that the tenant's Macs enroll on; undefined while there is no push certificate. */
export async function pushTopic(tx: ReadTransaction): Promise<string | undefined> {
  return (await readPushCertificate(tx))?.topic;
}

/** Replaces the tenant's certificate; what was known of the old one's health is forgotten. */
export async function putPushCertificate(
  tx: WriteTransaction,
  certificate: Pick<PushCertificate, "topic" | "subject" | "notAfter" | "certificate" | "sealedKey">,
): Promise<void> {
  const values = {
    topic: certificate.topic,
    subject: certificate.subject,
    not_after: certificate.notAfter,
    certificate: certificate.certificate,
    sealed_key: JSON.stringify(certificate.sealedKey),
    refusal: null,
    last_push_at: null,
    last_error: null,
    last_error_at: null,
    last_error_status: null,
    last_error_reason: null,
    warned_days: null,
  };
  await sqlOf<Tables>(tx)
    .insertInto("push_certificates")
    .values({ tenant_id: tx.scope.tenantId, ...values })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(values))
    .execute();
}

type Note = Partial<
  Pick<
    Tables["push_certificates"],
    "last_push_at" | "last_error_at" | "last_error_status" | "last_error_reason" | "refusal" | "warned_days"
  >
>;
async function note(tx: WriteTransaction, values: Note): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("push_certificates")
    .set(values)
    .where("tenant_id", "=", tx.scope.tenantId)
    .execute();
}

/** When a push last went through. */
export const notePushed = (tx: WriteTransaction, at: number): Promise<void> => note(tx, { last_push_at: at });

/** Apple takes the certificate. */
export const noteAccepted = (tx: WriteTransaction): Promise<void> => note(tx, { refusal: null });

/** @param failure with `refusal`, the certificate itself was refused */
export const noteFailure = (
  tx: WriteTransaction,
  failure: { readonly status: number; readonly reason: string; readonly refusal?: string | undefined },
): Promise<void> =>
  note(tx, {
    last_error_at: tx.now,
    last_error_status: failure.status,
    last_error_reason: failure.reason,
    ...(failure.refusal === undefined ? {} : { refusal: failure.refusal }),
  });

/** Warned of this many days before the end. */
export const noteWarned = (tx: WriteTransaction, days: number): Promise<void> => note(tx, { warned_days: days });

/** A request for a push certificate whose key was made here. */
export interface PushRequest {
  readonly id: string;
  /** ms */
  readonly createdAt: number;
  readonly sealedKey: Sealed;
  /** PEM; null for requests of an earlier release. */
  readonly csr: string | null;
  /** What the signing service was told to encrypt its answer to, in PEM; null when it was not asked. */
  readonly signingCertificate: string | null;
  readonly sealedSigningKey: Sealed | null;
}

const toRequest = (row: Tables["push_requests"]): PushRequest => ({
  id: row.id,
  createdAt: row.created_at,
  sealedKey: JSON.parse(row.sealed_key) as Sealed,
  csr: row.csr,
  signingCertificate: row.signing_certificate,
  sealedSigningKey: row.sealed_signing_key === null ? null : (JSON.parse(row.sealed_signing_key) as Sealed),
});

export async function insertPushRequest(
  tx: WriteTransaction,
  request: { readonly id: string; readonly spkiHash: string; readonly sealedKey: Sealed; readonly csr: string },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("push_requests")
    .values({
      tenant_id: tx.scope.tenantId,
      id: request.id,
      spki_hash: request.spkiHash,
      sealed_key: JSON.stringify(request.sealedKey),
      created_at: tx.now,
      csr: request.csr,
      signing_certificate: null,
      sealed_signing_key: null,
    })
    .execute();
}

/** The newest request whose key a certificate is for. */
export async function findPushRequest(tx: ReadTransaction, spkiHash: string): Promise<PushRequest | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("push_requests")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("spki_hash", "=", spkiHash)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return row && toRequest(row);
}

export async function readPushRequest(tx: ReadTransaction, id: string): Promise<PushRequest | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("push_requests")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toRequest(row);
}

/** Requests that were made after another one, newest first; all without one. */
export async function readPushRequests(
  tx: ReadTransaction,
  after: string | undefined,
  limit: number,
): Promise<readonly PushRequest[]> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("push_requests")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("id", "desc")
    .limit(limit);
  if (after !== undefined) query = query.where("id", ">", after);
  return (await query.execute()).map(toRequest);
}

/** With what the signing service's answer is opened. */
export async function putSigningKey(
  tx: WriteTransaction,
  id: string,
  key: { readonly certificate: string; readonly sealedKey: Sealed },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("push_requests")
    .set({ signing_certificate: key.certificate, sealed_signing_key: JSON.stringify(key.sealedKey) })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}
