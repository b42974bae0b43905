import { asId, type CommandId, type DeviceId } from "@pomona/facts";
import { sql } from "kysely";
import { type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";
import type { CommandTables } from "./command-tables.sql.ts";
import { toRow } from "./commands.sql.ts";
import type { CommandRow } from "./model.ts";

interface Tables extends CommandTables {
  command_restores: { tenant_id: string; at: number; reason: string };
}

/** @param wakeAt the end of its undo window, if it has one */
export async function clearHold(tx: WriteTransaction, id: CommandId, wakeAt: number | null): Promise<void> {
  await sqlOf<Tables>(tx)
    .updateTable("command_queue")
    .set({ hold: null, wake_at: wakeAt })
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("id", "=", id)
    .execute();
}

/** Holds every open command of the tenant, whatever else holds it. @returns how many */
export async function holdRestored(tx: WriteTransaction): Promise<number> {
  const { numAffectedRows } = await sql`UPDATE command_queue
    SET hold = CASE WHEN hold IS NULL THEN 'restored' ELSE 'restored ' || hold END, wake_at = NULL
    WHERE tenant_id = ${tx.scope.tenantId} AND is_open = 1 AND (hold IS NULL OR hold NOT LIKE 'restored%')`.execute(
    sqlOf<Tables>(tx),
  );
  return Number(numAffectedRows ?? 0n);
}

/** `hold` is between these two for whatever a restore holds. */
const isRestored = sql<boolean>`hold >= 'restored' AND hold < 'restoree'`;

export async function countRestored(tx: ReadTransaction): Promise<number> {
  const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM command_queue
    WHERE tenant_id = ${tx.scope.tenantId} AND is_open = 1 AND hold IS NOT NULL AND ${isRestored}`.execute(
    sqlOf<Tables>(tx),
  );
  return rows[0]?.n ?? 0;
}

/** Oldest first. @param ids only these */
export async function readRestored(
  tx: ReadTransaction,
  limit: number,
  ids?: readonly string[],
): Promise<readonly CommandRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("command_queue")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("is_open", "=", sql.lit(1))
    .where("hold", "is not", null)
    .where(isRestored)
    .$if(ids !== undefined, (query) => query.where("id", "in", [...ids!]))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toRow);
}

/** Takes the restore's hold off; what held a command before holds it on. @returns the queues that have something again */
export async function releaseRestored(
  tx: WriteTransaction,
): Promise<readonly { readonly deviceId: DeviceId; readonly channel: string; readonly isFree: boolean }[]> {
  const { rows } = await sql<{ device_id: string; channel: string; hold: string | null }>`UPDATE command_queue
    SET hold = NULLIF(substr(hold, 10), ''), wake_at = CASE WHEN hold = 'restored' THEN not_before ELSE NULL END
    WHERE tenant_id = ${tx.scope.tenantId} AND is_open = 1 AND hold IS NOT NULL AND ${isRestored}
    RETURNING device_id, channel, hold`.execute(sqlOf<Tables>(tx));
  return rows.map((row) => ({
    deviceId: asId<"device">(row.device_id),
    channel: row.channel,
    isFree: row.hold === null,
  }));
}

export async function insertRestore(tx: WriteTransaction, reason: string): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("command_restores")
    .values({ tenant_id: tx.scope.tenantId, at: tx.now, reason })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export const readLastRestore = (
  tx: ReadTransaction,
): Promise<{ readonly at: number; readonly reason: string } | undefined> =>
  sqlOf<Tables>(tx)
    .selectFrom("command_restores")
    .select(["at", "reason"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirst();
