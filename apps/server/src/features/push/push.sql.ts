import type { Sealed } from "../../kernel/secret.ts";
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
  };
  push_requests: {
    tenant_id: string;
    id: string;
    spki_hash: string;
    sealed_key: string;
    created_at: number;
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
  readonly lastError: string | null;
}

export async function readPushCertificate(tx: ReadTransaction): Promise<PushCertificate | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("push_certificates")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return (
    row && {
      topic: row.topic,
      subject: row.subject,
      notAfter: row.not_after,
      certificate: row.certificate,
      sealedKey: JSON.parse(row.sealed_key) as Sealed,
      refusal: row.refusal,
      lastPushAt: row.last_push_at,
      lastError: row.last_error,
    }
  );
}

/** The topic that the tenant's Macs enroll on; undefined while there is no push certificate. */
export async function pushTopic(tx: ReadTransaction): Promise<string | undefined> {
  return (await readPushCertificate(tx))?.topic;
}

/** Replaces the tenant's certificate; what was known of the old one's health is forgotten. */
export async function putPushCertificate(
  tx: WriteTransaction,
  certificate: Omit<PushCertificate, "refusal" | "lastPushAt" | "lastError">,
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
  };
  await sqlOf<Tables>(tx)
    .insertInto("push_certificates")
    .values({ tenant_id: tx.scope.tenantId, ...values })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(values))
    .execute();
}

export async function notePush(
  tx: WriteTransaction,
  note: { readonly lastPushAt?: number; readonly lastError?: string | null; readonly refusal?: string | null },
): Promise<void> {
  const values = {
    ...(note.lastPushAt === undefined ? {} : { last_push_at: note.lastPushAt }),
    ...(note.lastError === undefined ? {} : { last_error: note.lastError }),
    ...(note.refusal === undefined ? {} : { refusal: note.refusal }),
  };
  await sqlOf<Tables>(tx)
    .updateTable("push_certificates")
    .set(values)
    .where("tenant_id", "=", tx.scope.tenantId)
    .execute();
}

export async function insertPushRequest(
  tx: WriteTransaction,
  request: { readonly id: string; readonly spkiHash: string; readonly sealedKey: Sealed },
): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("push_requests")
    .values({
      tenant_id: tx.scope.tenantId,
      id: request.id,
      spki_hash: request.spkiHash,
      sealed_key: JSON.stringify(request.sealedKey),
      created_at: tx.now,
    })
    .execute();
}

/** The newest request whose key a certificate is for. */
export async function findPushRequest(
  tx: ReadTransaction,
  spkiHash: string,
): Promise<{ readonly id: string; readonly sealedKey: Sealed } | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("push_requests")
    .select(["id", "sealed_key"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("spki_hash", "=", spkiHash)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return row && { id: row.id, sealedKey: JSON.parse(row.sealed_key) as Sealed };
}
