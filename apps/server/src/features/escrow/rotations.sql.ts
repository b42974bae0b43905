import { asId, type DeviceId, type SecretKind, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { AskPurpose, AskRow, RotationRow, RotationState } from "./model.ts";

interface Tables {
  escrow_rotations: {
    tenant_id: string;
    device_id: string;
    kind: string;
    state: string;
    reason: string;
    due_at: number;
    since: number;
    error: string | null;
  };
  escrow_asks: {
    tenant_id: string;
    ref: string;
    device_id: string;
    kind: string;
    purpose: string;
    secret_id: string | null;
    key_id: string | null;
    asked_at: number;
  };
}

export const rotationMigrations: readonly Migration[] = [
  {
    name: "escrow/0004-rotations",
    statements: [
      `CREATE TABLE escrow_rotations (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, kind TEXT NOT NULL,
         state TEXT NOT NULL, reason TEXT NOT NULL, due_at INTEGER NOT NULL, since INTEGER NOT NULL, error TEXT,
         PRIMARY KEY (tenant_id, device_id, kind)) WITHOUT ROWID`,
      "CREATE INDEX escrow_rotations_due ON escrow_rotations (due_at) WHERE state = 'scheduled'",
      "CREATE INDEX escrow_rotations_failed ON escrow_rotations (tenant_id, since) WHERE state = 'failed'",
      `CREATE TABLE escrow_asks (tenant_id TEXT NOT NULL, ref TEXT NOT NULL, device_id TEXT NOT NULL, kind TEXT NOT NULL,
         purpose TEXT NOT NULL, secret_id TEXT, key_id TEXT, asked_at INTEGER NOT NULL, PRIMARY KEY (tenant_id, ref))
         WITHOUT ROWID`,
      "CREATE INDEX escrow_asks_by_device ON escrow_asks (tenant_id, device_id, kind)",
    ],
  },
];

const toRotation = (row: Tables["escrow_rotations"]): RotationRow => ({
  deviceId: asId<"device">(row.device_id),
  kind: row.kind as SecretKind,
  state: row.state as RotationState,
  reason: row.reason,
  dueAt: row.due_at,
  since: row.since,
  error: row.error,
});
const toAsk = (row: Tables["escrow_asks"]): AskRow => ({
  ref: row.ref,
  deviceId: asId<"device">(row.device_id),
  kind: row.kind as SecretKind,
  purpose: row.purpose as AskPurpose,
  secretId: row.secret_id,
  keyId: row.key_id,
});

export async function readRotation(
  tx: ReadTransaction,
  deviceId: DeviceId,
  kind: SecretKind,
): Promise<RotationRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_rotations")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .executeTakeFirst();
  return row && toRotation(row);
}

export async function readRotations(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly RotationRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_rotations")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .execute();
  return rows.map(toRotation);
}

/** Writes how far the rotation of a kind has come on a Mac; there is one of each. */
export async function putRotation(tx: WriteTransaction, row: Omit<RotationRow, "since">): Promise<void> {
  const values = { state: row.state, reason: row.reason, due_at: row.dueAt, since: tx.now, error: row.error };
  await sqlOf<Tables>(tx)
    .insertInto("escrow_rotations")
    .values({ tenant_id: tx.scope.tenantId, device_id: row.deviceId, kind: row.kind, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id", "kind"]).doUpdateSet(values))
    .execute();
}

export interface DueRotation {
  readonly tenantId: TenantId;
  readonly rotation: RotationRow;
}

/** Scheduled ones whose time has come, of all tenants. */
export async function readDueRotations(tx: ReadTransaction, limit: number): Promise<readonly DueRotation[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_rotations")
    .selectAll()
    .where("state", "=", "scheduled")
    .where("due_at", "<=", tx.now)
    .orderBy("due_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ tenantId: asId<"tenant">(row.tenant_id), rotation: toRotation(row) }));
}

/** Remembers what was asked; its answer is known by `ref`. Said twice of one, the later word counts. */
export async function insertAsk(tx: WriteTransaction, ask: AskRow): Promise<void> {
  const values = {
    device_id: ask.deviceId,
    kind: ask.kind,
    purpose: ask.purpose,
    secret_id: ask.secretId,
    key_id: ask.keyId,
    asked_at: tx.now,
  };
  await sqlOf<Tables>(tx)
    .insertInto("escrow_asks")
    .values({ tenant_id: tx.scope.tenantId, ref: ask.ref, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "ref"]).doUpdateSet(values))
    .execute();
}

/** Takes what was asked under this id, so that its answer counts once. */
export async function takeAsk(tx: WriteTransaction, ref: string): Promise<AskRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .deleteFrom("escrow_asks")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("ref", "=", ref)
    .returningAll()
    .executeTakeFirst();
  return row && toAsk(row);
}

/** Whether something of this kind is asked of the Mac and not answered. @param secretId only about this value */
export async function isAsked(
  tx: ReadTransaction,
  deviceId: DeviceId,
  kind: SecretKind,
  purpose: AskPurpose,
  secretId?: string,
): Promise<boolean> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("escrow_asks")
    .select("ref")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .where("kind", "=", kind)
    .where("purpose", "=", purpose);
  if (secretId !== undefined) query = query.where("secret_id", "=", secretId);
  return (await query.executeTakeFirst()) !== undefined;
}
