import { asId, type DeviceId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { RenewalRow, RenewalState } from "./model.ts";

interface Columns {
  tenant_id: string;
  device_id: string;
  enrollment_id: string;
  state: string;
  expires_at: number;
  attempts: number;
  next_at: number;
  sent_at: number | null;
  command_id: string | null;
  last_error: string | null;
  is_told: number;
  is_asked: number;
}
interface Tables {
  renewals: Columns;
  /** Of the whole installation: its processor signs them all. */
  renewal_pace: { hour: number; sent: number };
}

export const renewalMigrations: readonly Migration[] = [
  {
    name: "renewal/0001-renewals",
    statements: [
      `CREATE TABLE renewals (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, enrollment_id TEXT NOT NULL,
         state TEXT NOT NULL, expires_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL,
         sent_at INTEGER, command_id TEXT, last_error TEXT, is_told INTEGER NOT NULL DEFAULT 0,
         is_asked INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
      "CREATE INDEX renewals_by_next ON renewals (state, next_at)",
      "CREATE INDEX renewals_by_end ON renewals (tenant_id, expires_at, device_id)",
      "CREATE TABLE renewal_pace (hour INTEGER PRIMARY KEY, sent INTEGER NOT NULL)",
    ],
  },
];

const toRow = (row: Columns): RenewalRow => ({
  tenantId: asId<"tenant">(row.tenant_id),
  deviceId: asId<"device">(row.device_id),
  enrollmentId: row.enrollment_id,
  state: row.state as RenewalState,
  expiresAt: row.expires_at,
  attempts: row.attempts,
  nextAt: row.next_at,
  sentAt: row.sent_at,
  commandId: row.command_id === null ? null : asId<"command">(row.command_id),
  lastError: row.last_error,
  isTold: row.is_told === 1,
  isAsked: row.is_asked === 1,
});

export async function readRenewal(tx: ReadTransaction, deviceId: DeviceId): Promise<RenewalRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("renewals")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Writes the row as it is, whether there was one or not. */
export async function putRenewal(tx: WriteTransaction, row: Omit<RenewalRow, "tenantId">): Promise<void> {
  const values = {
    enrollment_id: row.enrollmentId,
    state: row.state,
    expires_at: row.expiresAt,
    attempts: row.attempts,
    next_at: row.nextAt,
    sent_at: row.sentAt,
    command_id: row.commandId,
    last_error: row.lastError?.slice(0, 500) ?? null,
    is_told: row.isTold ? 1 : 0,
    is_asked: row.isAsked ? 1 : 0,
  };
  await sqlOf<Tables>(tx)
    .insertInto("renewals")
    .values({ tenant_id: tx.scope.tenantId, device_id: row.deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

/** Rows whose enrollment or end is not what it was are of the past: the Mac enrolled anew, or was renewed. */
export async function deleteRenewal(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("renewals")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .execute();
}

/** Of all tenants: those in a state whose time has come; what ends first comes first. */
export async function readReady(
  tx: ReadTransaction,
  states: readonly RenewalState[],
  nextBefore: number,
  limit: number,
): Promise<readonly RenewalRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("renewals")
    .selectAll()
    .where("state", "in", states)
    .where("next_at", "<=", nextBefore)
    .orderBy("is_asked", "desc")
    .orderBy("expires_at")
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Of all tenants: those whose identity ends before a time and of which nobody was told yet. */
export async function readUntold(
  tx: ReadTransaction,
  endsBefore: number,
  limit: number,
): Promise<readonly RenewalRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("renewals")
    .selectAll()
    .where("is_told", "=", 0)
    .where("expires_at", "<", endsBefore)
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Profiles sent in one hour since 1970, of all tenants. */
export async function countSent(tx: ReadTransaction, hour: number): Promise<number> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("renewal_pace")
    .select("sent")
    .where("hour", "=", hour)
    .executeTakeFirst();
  return row?.sent ?? 0;
}

export async function countOne(tx: WriteTransaction, hour: number): Promise<void> {
  const db = sqlOf<Tables>(tx);
  await db
    .deleteFrom("renewal_pace")
    .where("hour", "<", hour - 48)
    .execute();
  await db
    .insertInto("renewal_pace")
    .values({ hour, sent: 1 })
    .onConflict((conflict) => conflict.column("hour").doUpdateSet((e) => ({ sent: e("renewal_pace.sent", "+", 1) })))
    .execute();
}

export interface RenewalFilter {
  readonly state: RenewalState | undefined;
  readonly deviceId: DeviceId | undefined;
  /** ms; only what ends before. */
  readonly endsBefore: number | undefined;
  readonly after: { readonly expiresAt: number; readonly deviceId: string } | undefined;
}

/** The soonest end first. */
export async function readRenewals(
  tx: ReadTransaction,
  filter: RenewalFilter,
  limit: number,
): Promise<readonly RenewalRow[]> {
  let query = sqlOf<Tables>(tx)
    .selectFrom("renewals")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("expires_at")
    .orderBy("device_id")
    .limit(limit);
  const { state, deviceId, endsBefore, after } = filter;
  if (state !== undefined) query = query.where("state", "=", state);
  if (deviceId !== undefined) query = query.where("device_id", "=", deviceId);
  if (endsBefore !== undefined) query = query.where("expires_at", "<", endsBefore);
  if (after !== undefined)
    query = query.where((e) =>
      e.or([
        e("expires_at", ">", after.expiresAt),
        e.and([e("expires_at", "=", after.expiresAt), e("device_id", ">", after.deviceId)]),
      ]),
    );
  return (await query.execute()).map(toRow);
}
