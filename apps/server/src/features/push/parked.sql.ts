import { asId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { Wish } from "./wishes.ts";

interface Tables {
  push_parked: { tenant_id: string; device_id: string; channel: string };
}

export const parkedMigrations: readonly Migration[] = [
  {
    name: "push/0002-parked",
    statements: [
      `CREATE TABLE push_parked (tenant_id TEXT NOT NULL, device_id TEXT NOT NULL, channel TEXT NOT NULL,
         PRIMARY KEY (tenant_id, device_id, channel)) WITHOUT ROWID`,
    ],
  },
];

const ROWS_AT_ONCE = 500;
const MOST_READ = 200_000;

/** Remembers wishes over a restart; an empty channel is the device channel. */
export async function insertParked(tx: WriteTransaction, wishes: readonly Wish[]): Promise<void> {
  for (let at = 0; at < wishes.length; at += ROWS_AT_ONCE) {
    const rows = wishes.slice(at, at + ROWS_AT_ONCE).map(({ deviceId, channel }) => ({
      tenant_id: tx.scope.tenantId,
      device_id: deviceId,
      channel: channel ?? "",
    }));
    await sqlOf<Tables>(tx)
      .insertInto("push_parked")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function forgetParked(tx: WriteTransaction): Promise<void> {
  await sqlOf<Tables>(tx).deleteFrom("push_parked").where("tenant_id", "=", tx.scope.tenantId).execute();
}

/** What waits, of all tenants. */
export async function readParked(tx: ReadTransaction): Promise<readonly Wish[]> {
  const rows = await sqlOf<Tables>(tx).selectFrom("push_parked").selectAll().limit(MOST_READ).execute();
  return rows.map((row) => ({
    tenantId: asId<"tenant">(row.tenant_id),
    deviceId: asId<"device">(row.device_id),
    channel: row.channel === "" ? null : row.channel,
  }));
}
