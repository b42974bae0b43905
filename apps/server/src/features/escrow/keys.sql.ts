import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import type { Sealed, SealedColumn } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  escrow_keys: {
    tenant_id: string;
    id: string;
    certificate: string;
    sealed_key: string;
    created_at: number;
    expires_at: number;
  };
  escrow_envelopes: {
    tenant_id: string;
    device_id: string;
    digest: string;
    cms: string;
    source: string;
    received_at: number;
    opens: number;
    checked_at: number;
  };
}

export const keyMigrations: readonly Migration[] = [
  {
    name: "escrow/0005-keys",
    statements: [
      `CREATE TABLE escrow_keys (tenant_id TEXT NOT NULL, id TEXT NOT NULL, certificate TEXT NOT NULL,
         sealed_key TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, id))
         WITHOUT ROWID`,
      `CREATE TABLE escrow_envelopes (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, digest TEXT NOT NULL,
         cms TEXT NOT NULL, source TEXT NOT NULL, received_at INTEGER NOT NULL, opens INTEGER NOT NULL,
         checked_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, device_id, digest)) WITHOUT ROWID`,
      "CREATE INDEX escrow_envelopes_by_check ON escrow_envelopes (checked_at)",
    ],
  },
];

export const escrowKeySealed: SealedColumn = { table: "escrow_keys", column: "sealed_key", id: "id" };

/** A key of ours that Macs encrypt recovery keys to; the newest is in use, the others open what was sent before. */
export interface StoredEscrowKey {
  readonly id: string;
  readonly certificate: Uint8Array;
  readonly sealedKey: Sealed;
}

/** All of the tenant, newest first. */
export async function readKeys(tx: ReadTransaction): Promise<readonly StoredEscrowKey[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_keys")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("id", "desc")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    certificate: Buffer.from(row.certificate, "base64"),
    sealedKey: JSON.parse(row.sealed_key) as Sealed,
  }));
}

export async function insertKey(tx: WriteTransaction, key: StoredEscrowKey, expiresAt: number): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("escrow_keys")
    .values({
      tenant_id: tx.scope.tenantId,
      id: key.id,
      certificate: Buffer.from(key.certificate).toString("base64"),
      sealed_key: JSON.stringify(key.sealedKey),
      created_at: tx.now,
      expires_at: expiresAt,
    })
    .execute();
}

/** A CMS as a Mac sent it. It is kept as it came: what cannot be opened today may open with a key that comes back. */
export interface Envelope {
  readonly deviceId: DeviceId;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
  readonly cms: Uint8Array;
  readonly source: string;
  readonly opens: boolean;
}
/** Per Mac; the oldest go. */
const KEPT = 10;

/** Keeps a CMS once. @returns whether it was new */
export async function putEnvelope(tx: WriteTransaction, envelope: Envelope): Promise<boolean> {
  const db = sqlOf<Tables>(tx);
  const { tenantId } = tx.scope;
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("escrow_envelopes")
    .values({
      tenant_id: tenantId,
      device_id: envelope.deviceId,
      digest: envelope.digest,
      cms: Buffer.from(envelope.cms).toString("base64"),
      source: envelope.source,
      received_at: tx.now,
      opens: envelope.opens ? 1 : 0,
      checked_at: tx.now,
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id", "digest"]).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  const extra = await db
    .selectFrom("escrow_envelopes")
    .select("digest")
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", envelope.deviceId)
    .orderBy("received_at", "desc")
    .orderBy("digest")
    .offset(KEPT)
    .limit(100)
    .execute();
  for (const { digest } of extra) {
    await db
      .deleteFrom("escrow_envelopes")
      .where("tenant_id", "=", tenantId)
      .where("device_id", "=", envelope.deviceId)
      .where("digest", "=", digest)
      .execute();
  }
  return true;
}

/** Drops what Macs of the scope's tenant sent and what could be opened: the values are in escrow. @returns how many */
export async function dropOpenedEnvelopes(tx: WriteTransaction): Promise<number> {
  const { numDeletedRows } = await sqlOf<Tables>(tx)
    .deleteFrom("escrow_envelopes")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("opens", "=", 1)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** The newest CMS of a Mac, and whether it opened when that was last tried. */
export async function readNewestEnvelope(tx: ReadTransaction, deviceId: DeviceId) {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_envelopes")
    .select(["opens", "received_at", "source"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .orderBy("received_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && { opens: row.opens === 1, receivedAt: row.received_at, source: row.source };
}

export interface DueEnvelope extends Envelope {
  readonly tenantId: TenantId;
}

/** Those not tried since `before`, of all tenants. */
export async function readUncheckedEnvelopes(
  tx: ReadTransaction,
  before: number,
  limit: number,
): Promise<readonly DueEnvelope[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_envelopes")
    .selectAll()
    .where("checked_at", "<", before)
    .orderBy("checked_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    deviceId: asId<"device">(row.device_id),
    digest: row.digest,
    cms: Buffer.from(row.cms, "base64"),
    source: row.source,
    opens: row.opens === 1,
  }));
}

export async function noteEnvelope(
  tx: WriteTransaction,
  { deviceId, digest }: Pick<Envelope, "deviceId" | "digest">,
  opens: boolean,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("escrow_envelopes")
    .set({ opens: opens ? 1 : 0, checked_at: tx.now })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("digest", "=", digest)
    .execute();
}
