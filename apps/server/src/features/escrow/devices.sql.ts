import { asId, type DeviceId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Columns {
  tenant_id: string;
  device_id: string;
  enrolled_at: number;
  profile_key: string | null;
  profile_state: string;
  token_told_at: number | null;
  token_note: string | null;
  code_due_at: number | null;
  code_until: number;
  code_tries: number;
  code_note: string | null;
  code_told_at: number | null;
  file_vault: number | null;
}
interface Tables {
  escrow_devices: Columns;
}

export const deviceMigrations: readonly Migration[] = [
  {
    name: "escrow/0006-devices",
    statements: [
      `CREATE TABLE escrow_devices (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, enrolled_at INTEGER NOT NULL,
         profile_key TEXT, profile_state TEXT NOT NULL DEFAULT 'none', token_told_at INTEGER, token_note TEXT,
         code_due_at INTEGER, code_until INTEGER NOT NULL, code_tries INTEGER NOT NULL DEFAULT 0, code_note TEXT,
         code_told_at INTEGER, file_vault INTEGER, PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
      "CREATE INDEX escrow_devices_codes ON escrow_devices (code_due_at) WHERE code_due_at IS NOT NULL",
      "CREATE INDEX escrow_devices_tokens ON escrow_devices (enrolled_at) WHERE token_told_at IS NULL",
      "CREATE INDEX escrow_devices_profiles ON escrow_devices (profile_state) WHERE profile_state = 'due'",
    ],
  },
];

/** What escrow wants of a Mac since it enrolled; times in ms. */
export interface EscrowDevice {
  readonly deviceId: DeviceId;
  readonly enrolledAt: number;
  /** The key whose profile the Mac has, or was sent. */
  readonly profileKey: string | null;
  readonly profileState: "none" | "due" | "sent" | "installed" | "failed";
  /** When a missing bootstrap token was told of. */
  readonly tokenToldAt: number | null;
  /** Why it is missing, as far as the agent could find out. */
  readonly tokenNote: string | null;
  /** When the Mac is next asked for its bypass code; null when it need not be. */
  readonly codeDueAt: number | null;
  /** Until when macOS hands it out. */
  readonly codeUntil: number;
  readonly codeTries: number;
  readonly codeNote: string | null;
  readonly codeToldAt: number | null;
}
const toDevice = (row: Columns): EscrowDevice => ({
  deviceId: asId<"device">(row.device_id),
  enrolledAt: row.enrolled_at,
  profileKey: row.profile_key,
  profileState: row.profile_state as EscrowDevice["profileState"],
  tokenToldAt: row.token_told_at,
  tokenNote: row.token_note,
  codeDueAt: row.code_due_at,
  codeUntil: row.code_until,
  codeTries: row.code_tries,
  codeNote: row.code_note,
  codeToldAt: row.code_told_at,
});

/** Begins anew with a Mac that enrolled. */
export async function putEscrowDevice(
  tx: WriteTransaction,
  deviceId: DeviceId,
  begin: { readonly isProfileDue: boolean; readonly codeDueAt: number | null; readonly codeUntil: number },
): Promise<void> {
  const values = {
    enrolled_at: tx.now,
    profile_key: null,
    profile_state: begin.isProfileDue ? "due" : "none",
    token_told_at: null,
    token_note: null,
    code_due_at: begin.codeDueAt,
    code_until: begin.codeUntil,
    code_tries: 0,
    code_note: null,
    code_told_at: null,
    file_vault: null,
  };
  await sqlOf<Tables>(tx)
    .insertInto("escrow_devices")
    .values({ tenant_id: tx.scope.tenantId, device_id: deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

export interface EscrowDeviceChange {
  readonly profileKey?: string | null;
  readonly profileState?: EscrowDevice["profileState"];
  readonly tokenToldAt?: number | null;
  readonly tokenNote?: string | null;
  readonly codeDueAt?: number | null;
  readonly codeTries?: number;
  readonly codeNote?: string | null;
  readonly codeToldAt?: number;
  readonly fileVault?: boolean;
}

export async function updateEscrowDevice(
  tx: WriteTransaction,
  deviceId: DeviceId,
  change: EscrowDeviceChange,
): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("escrow_devices")
    .set({
      ...(change.profileKey === undefined ? {} : { profile_key: change.profileKey }),
      ...(change.profileState === undefined ? {} : { profile_state: change.profileState }),
      ...(change.tokenToldAt === undefined ? {} : { token_told_at: change.tokenToldAt }),
      ...(change.tokenNote === undefined ? {} : { token_note: change.tokenNote }),
      ...(change.codeDueAt === undefined ? {} : { code_due_at: change.codeDueAt }),
      ...(change.codeTries === undefined ? {} : { code_tries: change.codeTries }),
      ...(change.codeNote === undefined ? {} : { code_note: change.codeNote }),
      ...(change.fileVault === undefined ? {} : { file_vault: change.fileVault ? 1 : 0 }),
      ...(change.codeToldAt === undefined ? {} : { code_told_at: change.codeToldAt }),
    })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .execute();
}

export async function readEscrowDevice(tx: ReadTransaction, deviceId: DeviceId): Promise<EscrowDevice | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("escrow_devices")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && toDevice(row);
}

/** It left: nothing is wanted of it any more. What is held of it stays. */
export async function deleteEscrowDevice(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("escrow_devices")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .execute();
}

/** A Mac of any tenant that a job has to look at. */
export interface DueDevice {
  readonly tenantId: TenantId;
  readonly device: EscrowDevice;
}
const toDue = (row: Columns): DueDevice => ({ tenantId: asId<"tenant">(row.tenant_id), device: toDevice(row) });

/** Macs whose escrow profile has to be sent, of all tenants. */
export async function readDueProfiles(tx: ReadTransaction, limit: number): Promise<readonly DueDevice[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_devices")
    .selectAll()
    .where("profile_state", "=", "due")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** Macs that have to be asked for their bypass code, of all tenants. */
export async function readDueCodes(tx: ReadTransaction, limit: number): Promise<readonly DueDevice[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_devices")
    .selectAll()
    .where("code_due_at", "<=", tx.now)
    .orderBy("code_due_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** Macs enrolled before a time about whose bootstrap token nothing was told, of all tenants. */
export async function readUntoldTokens(
  tx: ReadTransaction,
  before: number,
  limit: number,
): Promise<readonly DueDevice[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("escrow_devices")
    .selectAll()
    .where("token_told_at", "is", null)
    .where("enrolled_at", "<", before)
    .orderBy("enrolled_at")
    .limit(limit)
    .execute();
  return rows.map(toDue);
}

/** Every Mac of the tenant that has the profile gets that of the newest key. @returns how many */
export async function markProfilesDue(tx: WriteTransaction): Promise<number> {
  const { numUpdatedRows } = await sqlOf<Tables>(tx)
    .updateTable("escrow_devices")
    .set({ profile_state: "due" })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("profile_state", "in", ["sent", "installed", "failed"])
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
