import { asId, type DeviceId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  agent_reinstalls: {
    tenant_id: string;
    device_id: string;
    state: string;
    attempts: number;
    outcome: string;
    last_at: number | null;
    next_at: number | null;
  };
}

export const reinstallMigrations: readonly Migration[] = [
  {
    name: "agents/0005-reinstalls",
    statements: [
      `CREATE TABLE agent_reinstalls (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, state TEXT NOT NULL,
         attempts INTEGER NOT NULL, outcome TEXT NOT NULL, last_at INTEGER, next_at INTEGER,
         PRIMARY KEY (tenant_id, device_id)) WITHOUT ROWID`,
    ],
  },
];

/** A Mac whose agent fell silent, while it is brought back. Gone as soon as the agent comes. */
export interface ReinstallRow {
  readonly deviceId: DeviceId;
  readonly state: "trying" | "gaveUp";
  readonly attempts: number;
  /** What became of the last attempt, in words. */
  readonly outcome: string;
  readonly lastAt: number | null;
  readonly nextAt: number | null;
}

const toRow = (row: Tables["agent_reinstalls"]): ReinstallRow => ({
  deviceId: asId<"device">(row.device_id),
  state: row.state as ReinstallRow["state"],
  attempts: row.attempts,
  outcome: row.outcome,
  lastAt: row.last_at,
  nextAt: row.next_at,
});

export async function readReinstall(tx: ReadTransaction, deviceId: DeviceId): Promise<ReinstallRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("agent_reinstalls")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return row && toRow(row);
}

export async function putReinstall(tx: WriteTransaction, row: ReinstallRow): Promise<void> {
  const values = {
    state: row.state,
    attempts: row.attempts,
    outcome: row.outcome,
    last_at: row.lastAt,
    next_at: row.nextAt,
  };
  await sqlOf<Tables>(tx)
    .insertInto("agent_reinstalls")
    .values({ tenant_id: tx.scope.tenantId, device_id: row.deviceId, ...values })
    .onConflict((conflict) => conflict.columns(["tenant_id", "device_id"]).doUpdateSet(values))
    .execute();
}

/** @returns the attempts that there were; undefined when there was no row */
export async function deleteReinstall(tx: WriteTransaction, deviceId: DeviceId): Promise<number | undefined> {
  const row = await sqlOf<Tables>(tx)
    .deleteFrom("agent_reinstalls")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("device_id", "=", deviceId)
    .returning("attempts")
    .executeTakeFirst();
  return row?.attempts;
}

/** In the order of the devices. */
export async function readReinstalls(
  tx: ReadTransaction,
  page: { readonly after: string | undefined; readonly state: string | undefined; readonly limit: number },
): Promise<readonly ReinstallRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("agent_reinstalls")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .$if(page.after !== undefined, (query) => query.where("device_id", ">", page.after!))
    .$if(page.state !== undefined, (query) => query.where("state", "=", page.state!))
    .orderBy("device_id")
    .limit(page.limit)
    .execute();
  return rows.map(toRow);
}
