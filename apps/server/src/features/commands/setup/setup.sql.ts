import type { DeviceSetup } from "@pomona/contract";
import { asId, type CommandId, type DeviceId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../../kernel/store.ts";

interface Tables {
  setups: {
    tenant_id: string;
    device_id: string;
    began_at: number;
    deadline_at: number;
    state: string;
    reason: string | null;
    unfinished: string;
    command_id: string | null;
    attempts: number;
    next_at: number;
  };
  setup_work: {
    tenant_id: string;
    device_id: string;
    name: string;
    summary: string;
    is_done: number;
    problem: string | null;
    command_ids: string;
  };
}

export const setupMigrations: readonly Migration[] = [
  {
    name: "commands/0003-setups",
    statements: [
      `CREATE TABLE setups (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, began_at INTEGER NOT NULL,
         deadline_at INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT, unfinished TEXT NOT NULL DEFAULT '[]',
         command_id TEXT, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL,
         PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
      "CREATE INDEX setups_by_time ON setups (next_at)",
      `CREATE TABLE setup_work (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, name TEXT NOT NULL, summary TEXT NOT NULL,
         is_done INTEGER NOT NULL DEFAULT 0, problem TEXT, command_ids TEXT NOT NULL DEFAULT '[]',
         PRIMARY KEY (tenant_id, device_id, name)) WITHOUT ROWID`,
    ],
  },
];

/** A Mac that waits in Setup Assistant; the row goes when it does no more. Times in ms. */
export interface SetupRow {
  readonly deviceId: DeviceId;
  readonly beganAt: number;
  readonly deadlineAt: number;
  readonly state: "working" | "releasing";
  readonly reason: DeviceSetup["reason"];
  readonly unfinished: readonly string[];
  /** The `DeviceConfigured` that was queued last, and how often one was. */
  readonly commandId: CommandId | null;
  readonly attempts: number;
  /** When it has to be looked at although nothing happened. */
  readonly nextAt: number;
}

export interface WorkRow {
  readonly name: string;
  readonly summary: string;
  readonly isDone: boolean;
  /** Why it could not be done, or what of it failed. */
  readonly problem: string | null;
  /** Done when all of these have ended; none yet while its feature has not begun. */
  readonly commandIds: readonly CommandId[];
}

const toSetup = (row: Tables["setups"]): SetupRow => ({
  deviceId: asId<"device">(row.device_id),
  beganAt: row.began_at,
  deadlineAt: row.deadline_at,
  state: row.state as SetupRow["state"],
  reason: row.reason as DeviceSetup["reason"],
  unfinished: JSON.parse(row.unfinished) as readonly string[],
  commandId: row.command_id === null ? null : asId<"command">(row.command_id),
  attempts: row.attempts,
  nextAt: row.next_at,
});

export async function readSetup(tx: ReadTransaction, deviceId: DeviceId): Promise<SetupRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("setups")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && toSetup(row);
}

export async function putSetup(tx: WriteTransaction, setup: SetupRow): Promise<void> {
  const values = {
    state: setup.state,
    reason: setup.reason,
    unfinished: JSON.stringify(setup.unfinished),
    command_id: setup.commandId,
    attempts: setup.attempts,
    next_at: setup.nextAt,
  };
  await sqlOf<Tables>(tx)
    .insertInto("setups")
    .values({
      tenant_id: tx.scope.tenantId,
      device_id: setup.deviceId,
      began_at: setup.beganAt,
      deadline_at: setup.deadlineAt,
      ...values,
    })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

export async function readWork(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly WorkRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("setup_work")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .orderBy("name")
    .execute();
  return rows.map((row) => ({
    name: row.name,
    summary: row.summary,
    isDone: row.is_done === 1,
    problem: row.problem,
    commandIds: (JSON.parse(row.command_ids) as string[]).map((id) => asId<"command">(id)),
  }));
}

export async function putWork(tx: WriteTransaction, deviceId: DeviceId, work: WorkRow): Promise<void> {
  const values = {
    is_done: work.isDone ? 1 : 0,
    problem: work.problem,
    command_ids: JSON.stringify(work.commandIds),
  };
  await sqlOf<Tables>(tx)
    .insertInto("setup_work")
    .values({ tenant_id: tx.scope.tenantId, device_id: deviceId, name: work.name, summary: work.summary, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id", "name"]).doUpdateSet(values))
    .execute();
}

/** Forgets the setup and its work. @returns whether there was one */
export async function deleteSetup(tx: WriteTransaction, deviceId: DeviceId): Promise<boolean> {
  const db = sqlOf<Tables>(tx);
  const { tenantId } = tx.scope;
  await db.deleteFrom("setup_work").where("tenant_id", "=", tenantId).where("device_id", "=", deviceId).execute();
  const { numDeletedRows } = await db
    .deleteFrom("setups")
    .where("tenant_id", "=", tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Of all tenants: those whose time has come, or all of them. */
export async function readWaiting(
  tx: ReadTransaction,
  which: "due" | "all",
): Promise<readonly { readonly tenantId: TenantId; readonly deviceId: DeviceId }[]> {
  let query = sqlOf<Tables>(tx).selectFrom("setups").select(["tenant_id", "device_id"]);
  if (which === "due") query = query.where("next_at", "<=", tx.now).orderBy("next_at").limit(500);
  const rows = await query.execute();
  return rows.map((row) => ({ tenantId: asId<"tenant">(row.tenant_id), deviceId: asId<"device">(row.device_id) }));
}
