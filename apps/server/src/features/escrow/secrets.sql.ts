import { asId, type DeviceId, type SecretKind, type TenantId } from "@pomona/facts";
import type { Sealed, SealedColumn, SecretPlace } from "../../kernel/secret.ts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { SecretRow, Slot, Verdict } from "./model.ts";

interface Columns {
  tenant_id: string;
  id: string;
  device_id: string;
  kind: string;
  slot: string;
  sealed_value: string;
  sealed_in: string;
  source: string;
  note: string | null;
  created_at: number;
  confirmed_at: number | null;
  retired_at: number | null;
  verified_at: number | null;
  verdict: string;
  opens: number | null;
  opened_at: number | null;
  revealed_at: number | null;
  rotate_at: number | null;
  mark: string | null;
  kms_due: number | null;
  is_proof_due: number;
}
interface Tables {
  escrow_secrets: Columns;
}

export const secretMigrations: readonly Migration[] = [
  {
    name: "escrow/0001-bootstrap-tokens",
    statements: [
      `CREATE TABLE bootstrap_tokens (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, sealed_token TEXT NOT NULL,
         stored_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
    ],
  },
  {
    name: "escrow/0002-secrets",
    statements: [
      `CREATE TABLE escrow_secrets (tenant_id TEXT NOT NULL, id TEXT NOT NULL, device_id TEXT NOT NULL, kind TEXT NOT NULL,
         slot TEXT NOT NULL, sealed_value TEXT NOT NULL, sealed_in TEXT NOT NULL, source TEXT NOT NULL, note TEXT,
         created_at INTEGER NOT NULL, confirmed_at INTEGER, retired_at INTEGER, verified_at INTEGER,
         verdict TEXT NOT NULL DEFAULT 'unknown', opens INTEGER, opened_at INTEGER, revealed_at INTEGER, rotate_at INTEGER,
         PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
      "CREATE UNIQUE INDEX escrow_secrets_held ON escrow_secrets (tenant_id, device_id, kind, slot) WHERE slot <> 'old'",
      "CREATE INDEX escrow_secrets_by_device ON escrow_secrets (tenant_id, device_id, kind, created_at)",
      "CREATE INDEX escrow_secrets_by_kind ON escrow_secrets (tenant_id, kind, slot)",
      "CREATE INDEX escrow_secrets_by_check ON escrow_secrets (opened_at)",
      "CREATE INDEX escrow_secrets_by_rotation ON escrow_secrets (rotate_at) WHERE rotate_at IS NOT NULL",
      "CREATE INDEX escrow_secrets_by_end ON escrow_secrets (retired_at) WHERE slot = 'old'",
      // Sealed for their old place, which `sealed_in` says.
      `INSERT INTO escrow_secrets (tenant_id, id, device_id, kind, slot, sealed_value, sealed_in, source, created_at,
         confirmed_at) SELECT tenant_id, device_id, device_id, 'bootstrapToken', 'current', sealed_token, 'bootstrap_tokens',
         'SetBootstrapToken', stored_at, stored_at FROM bootstrap_tokens`,
      "DROP TABLE bootstrap_tokens",
    ],
  },
  {
    // `kms_due`: when the KMS is next asked whether it opens it; null for what the server opens itself.
    name: "escrow/0009-recipients",
    statements: [
      "ALTER TABLE escrow_secrets ADD COLUMN mark TEXT",
      "ALTER TABLE escrow_secrets ADD COLUMN kms_due INTEGER",
      "ALTER TABLE escrow_secrets ADD COLUMN is_proof_due INTEGER NOT NULL DEFAULT 0",
      "CREATE INDEX escrow_secrets_by_kms ON escrow_secrets (is_proof_due DESC, kms_due) WHERE kms_due IS NOT NULL",
    ],
  },
];

export const secretSealed: SealedColumn = {
  table: "escrow_secrets",
  column: "sealed_value",
  id: "id",
  place: (row) => placeOf(String(row["id"]), String(row["device_id"]), String(row["sealed_in"])),
};

/** Where a value was sealed: one that moved here keeps its place. */
export const placeOf = (id: string, deviceId: string, sealedIn: string): SecretPlace =>
  sealedIn === "escrow_secrets"
    ? { table: sealedIn, row: id, field: "sealed_value" }
    : { table: sealedIn, row: deviceId, field: "sealed_token" };

const toRow = (row: Columns): SecretRow => ({
  id: row.id,
  deviceId: asId<"device">(row.device_id),
  kind: row.kind as SecretKind,
  slot: row.slot as Slot,
  sealed: JSON.parse(row.sealed_value) as Sealed,
  sealedIn: row.sealed_in,
  source: row.source,
  note: row.note,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at,
  retiredAt: row.retired_at,
  verifiedAt: row.verified_at,
  verdict: row.verdict as Verdict,
  opens: row.opens === null ? null : row.opens === 1,
  openedAt: row.opened_at,
  revealedAt: row.revealed_at,
  rotateAt: row.rotate_at,
  mark: row.mark,
  kmsDue: row.kms_due,
  isProofDue: row.is_proof_due === 1,
});

export interface NewSecretRow {
  readonly id: string;
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly slot: Slot;
  readonly sealed: Sealed;
  readonly sealedIn: string;
  readonly source: string;
  readonly note: string | null;
  readonly confirmedAt: number | null;
  readonly mark: string | null;
  readonly kmsDue: number | null;
}

export async function insertSecret(tx: WriteTransaction, row: NewSecretRow): Promise<void> {
  await sqlOf<{ escrow_secrets: Partial<Columns> }>(tx)
    .insertInto("escrow_secrets")
    .values({
      tenant_id: tx.scope.tenantId,
      id: row.id,
      device_id: row.deviceId,
      kind: row.kind,
      slot: row.slot,
      sealed_value: JSON.stringify(row.sealed),
      sealed_in: row.sealedIn,
      source: row.source,
      note: row.note,
      created_at: tx.now,
      confirmed_at: row.confirmedAt,
      mark: row.mark,
      kms_due: row.kmsDue,
      // It was just sealed, so it opens.
      opens: 1,
      opened_at: tx.now,
    })
    .execute();
}

export interface SecretChange {
  readonly slot?: Slot;
  readonly note?: string | null;
  readonly confirmedAt?: number;
  readonly retiredAt?: number | null;
  readonly verifiedAt?: number;
  readonly verdict?: Verdict;
  readonly opens?: boolean;
  readonly openedAt?: number;
  readonly revealedAt?: number;
  readonly rotateAt?: number | null;
  readonly kmsDue?: number | null;
  readonly isProofDue?: boolean;
  /** The same value, sealed anew. */
  readonly sealed?: Sealed;
  readonly sealedIn?: string;
  readonly mark?: string;
}

export async function updateSecret(tx: WriteTransaction, id: string, change: SecretChange): Promise<void> {
  const columns: Partial<Columns> = {
    ...(change.slot === undefined ? {} : { slot: change.slot }),
    ...(change.note === undefined ? {} : { note: change.note }),
    ...(change.confirmedAt === undefined ? {} : { confirmed_at: change.confirmedAt }),
    ...(change.retiredAt === undefined ? {} : { retired_at: change.retiredAt }),
    ...(change.verifiedAt === undefined ? {} : { verified_at: change.verifiedAt }),
    ...(change.verdict === undefined ? {} : { verdict: change.verdict }),
    ...(change.opens === undefined ? {} : { opens: change.opens ? 1 : 0 }),
    ...(change.openedAt === undefined ? {} : { opened_at: change.openedAt }),
    ...(change.revealedAt === undefined ? {} : { revealed_at: change.revealedAt }),
    ...(change.rotateAt === undefined ? {} : { rotate_at: change.rotateAt }),
    ...(change.kmsDue === undefined ? {} : { kms_due: change.kmsDue }),
    ...(change.isProofDue === undefined ? {} : { is_proof_due: change.isProofDue ? 1 : 0 }),
    ...(change.sealed === undefined ? {} : { sealed_value: JSON.stringify(change.sealed) }),
    ...(change.sealedIn === undefined ? {} : { sealed_in: change.sealedIn }),
    ...(change.mark === undefined ? {} : { mark: change.mark }),
  };
  // What is confirmed once more as it was brings nothing new, and SQL has no word for that.
  if (Object.keys(columns).length === 0) return;
  await sqlOf<Tables>(tx)
    .updateTable("escrow_secrets")
    .set(columns)
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

export async function deleteSecret(tx: WriteTransaction, id: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("escrow_secrets")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

export async function readSecret(tx: ReadTransaction, id: string): Promise<SecretRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toRow(row);
}

/** The one in a slot that holds one; `old` is a history, and has {@link readSecrets}. */
export async function readHeld(
  tx: ReadTransaction,
  deviceId: DeviceId,
  kind: SecretKind,
  slot: "pending" | "current",
): Promise<SecretRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .where("slot", "=", slot)
    .executeTakeFirst();
  return row && toRow(row);
}

/** All values of a Mac, or of one kind, newest first; a history is shown as far as anybody reads. */
export async function readSecrets(
  tx: ReadTransaction,
  deviceId: DeviceId,
  kind?: SecretKind,
): Promise<readonly SecretRow[]> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  return (await query.orderBy("created_at", "desc").orderBy("id", "desc").limit(500).execute()).map(toRow);
}

/** A value of any tenant that a job has to look at. */
export interface DueSecret {
  readonly tenantId: TenantId;
  readonly row: SecretRow;
}
const toDue = (row: Columns): DueSecret => ({ tenantId: asId<"tenant">(row.tenant_id), row: toRow(row) });

/** Those whose seal was not tried since `before`, of all tenants. */
export async function readUnchecked(tx: ReadTransaction, before: number, limit: number): Promise<readonly DueSecret[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("kms_due", "is", null)
    .where((where) => where.or([where("opened_at", "is", null), where("opened_at", "<", before)]))
    .orderBy("opened_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** Those of which the KMS is to be asked, of all tenants; first those that somebody waits for. */
export async function readKmsDue(tx: ReadTransaction, limit: number): Promise<readonly DueSecret[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("kms_due", "is not", null)
    .where("kms_due", "<=", tx.now)
    .orderBy("is_proof_due", "desc")
    .orderBy("kms_due")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** Recovery keys of the scope's tenant that the server opens itself. */
export async function readOutsideKms(tx: ReadTransaction, limit: number): Promise<readonly SecretRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("kind", "=", "fileVaultKey")
    .where("kms_due", "is", null)
    .where((where) => where.or([where("opens", "is", null), where("opens", "=", 1)]))
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Recovery keys of the scope's tenant in the KMS, and outside. */
export async function countRecoveryKeys(tx: ReadTransaction) {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .select((select) => [select.fn.count<number>("kms_due").as("sealed"), select.fn.countAll<number>().as("total")])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("kind", "=", "fileVaultKey")
    .executeTakeFirstOrThrow();
  return { sealed: row.sealed, left: row.total - row.sealed };
}

/** Current ones whose time has come to be replaced, of all tenants. */
export async function readToRotate(tx: ReadTransaction, limit: number): Promise<readonly DueSecret[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("rotate_at", "is not", null)
    .where("rotate_at", "<=", tx.now)
    .orderBy("rotate_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** Old ones that were retired before a time, of all tenants. */
export async function readRetired(tx: ReadTransaction, before: number, limit: number): Promise<readonly DueSecret[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_secrets")
    .selectAll()
    .where("slot", "=", "old")
    .where("retired_at", "<", before)
    .orderBy("retired_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}
