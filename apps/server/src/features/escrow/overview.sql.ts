import { asId, type DeviceId, type SecretKind } from "@pomona/facts";
import { sql } from "kysely";
import { type ReadTransaction, sqlOf } from "../../kernel/store.ts";
import { NOT_SUPERVISED } from "./activation-lock.ts";

/** A Mac in one of the lists; `at` in ms. */
export interface Found {
  readonly deviceId: DeviceId;
  readonly kind: SecretKind;
  readonly at: number;
  readonly note: string | null;
}
export interface FoundList {
  readonly total: number;
  readonly found: readonly Found[];
}
interface Row {
  device_id: string;
  kind: string;
  at: number;
  note: string | null;
  total: number;
}
/** In each list. */
const SHOWN = 200;

const listOf = async (tx: ReadTransaction, query: ReturnType<typeof sql<Row>>): Promise<FoundList> => {
  const { rows } = await query.execute(sqlOf<Record<string, never>>(tx));
  const found = rows.map(({ device_id: id, kind, at, note }) => ({
    deviceId: asId<"device">(id),
    kind: kind as SecretKind,
    at,
    note,
  }));
  return { total: rows[0]?.total ?? 0, found };
};

/** How many Macs have a current, and only a pending one, of each kind. */
export async function countKinds(tx: ReadTransaction) {
  const { rows } = await sql<{ kind: string; held: number; pending: number }>`
    SELECT kind, sum(CASE WHEN slot = 'current' THEN 1 ELSE 0 END) AS held,
      sum(CASE WHEN slot = 'pending' THEN 1 ELSE 0 END) AS pending
    FROM escrow_secrets WHERE tenant_id = ${tx.scope.tenantId} AND slot IN ('current', 'pending') GROUP BY kind`.execute(
    sqlOf<Record<string, never>>(tx),
  );
  return new Map(rows.map(({ kind, held, pending }) => [kind as SecretKind, { held, unconfirmed: pending }]));
}

const noneHeld = (tenantId: string, kind: SecretKind) => sql`NOT EXISTS (SELECT 1 FROM escrow_secrets s
  WHERE s.tenant_id = ${tenantId} AND s.device_id = d.device_id AND s.kind = ${kind} AND s.slot IN ('current', 'pending'))`;

/** Macs that enrolled before a time and have no bootstrap token here. */
export const readWithoutToken = (tx: ReadTransaction, before: number): Promise<FoundList> =>
  listOf(
    tx,
    sql<Row>`SELECT d.device_id, 'bootstrapToken' AS kind, d.enrolled_at AS at, d.token_note AS note, count(*) OVER () AS total
      FROM escrow_devices d WHERE d.tenant_id = ${tx.scope.tenantId} AND d.enrolled_at < ${before}
        AND ${noneHeld(tx.scope.tenantId, "bootstrapToken")} ORDER BY d.enrolled_at LIMIT ${sql.lit(SHOWN)}`,
  );

/** Macs with FileVault whose recovery key nobody holds. */
export const readWithoutKey = (tx: ReadTransaction): Promise<FoundList> =>
  listOf(
    tx,
    sql<Row>`SELECT d.device_id, 'fileVaultKey' AS kind, d.enrolled_at AS at, NULL AS note, count(*) OVER () AS total
      FROM escrow_devices d WHERE d.tenant_id = ${tx.scope.tenantId} AND d.file_vault = 1
        AND ${noneHeld(tx.scope.tenantId, "fileVaultKey")} ORDER BY d.enrolled_at LIMIT ${sql.lit(SHOWN)}`,
  );

/** Values that count and do not open, or that the Mac does not take, and keys from Macs that never opened. */
export const readBroken = (tx: ReadTransaction): Promise<FoundList> =>
  listOf(
    tx,
    sql<Row>`SELECT device_id, kind, at, note, count(*) OVER () AS total FROM (
        SELECT device_id, kind, COALESCE(opened_at, created_at) AS at,
          CASE WHEN opens = 0 THEN 'unreadable' ELSE 'wrong' END AS note
        FROM escrow_secrets WHERE tenant_id = ${tx.scope.tenantId} AND slot IN ('current', 'pending')
          AND (opens = 0 OR (slot = 'current' AND verdict = 'wrong'))
        UNION ALL
        SELECT device_id, 'fileVaultKey', max(received_at), 'envelope' FROM escrow_envelopes
        WHERE tenant_id = ${tx.scope.tenantId} AND opens = 0 GROUP BY device_id
      ) AS broken ORDER BY at DESC LIMIT ${sql.lit(SHOWN)}`,
  );

export const readFailedRotations = (tx: ReadTransaction): Promise<FoundList> =>
  listOf(
    tx,
    sql<Row>`SELECT device_id, kind, since AS at, error AS note, count(*) OVER () AS total FROM escrow_rotations
      WHERE tenant_id = ${tx.scope.tenantId} AND state = 'failed' ORDER BY since DESC LIMIT ${sql.lit(SHOWN)}`,
  );

/** Bypass codes that macOS still hands out and that did not come. */
export const readExpiringCodes = (tx: ReadTransaction): Promise<FoundList> =>
  listOf(
    tx,
    sql<Row>`SELECT d.device_id, 'activationLockDevice' AS kind, d.code_until AS at, d.code_note AS note,
        count(*) OVER () AS total
      FROM escrow_devices d WHERE d.tenant_id = ${tx.scope.tenantId} AND d.code_due_at IS NOT NULL
        AND d.code_until > ${tx.now} AND (d.code_note IS NULL OR d.code_note <> ${NOT_SUPERVISED})
        AND ${noneHeld(tx.scope.tenantId, "activationLockDevice")} ORDER BY d.code_until LIMIT ${sql.lit(SHOWN)}`,
  );

/** When the value that was tried longest ago was tried; null when nothing is held. */
export async function readOldestCheck(tx: ReadTransaction): Promise<number | null> {
  const { rows } = await sql<{ at: number | null }>`SELECT min(COALESCE(opened_at, 0)) AS at FROM escrow_secrets
    WHERE tenant_id = ${tx.scope.tenantId}`.execute(sqlOf<Record<string, never>>(tx));
  return rows[0]?.at ?? null;
}
