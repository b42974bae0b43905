import type { WriteTransaction } from "../../kernel/store.ts";
import { readEpoch, readOpen, writeEpoch } from "./orders.sql.ts";
import { endOrder } from "./record-receipt.ts";

/**
 * For the operator who restored a backup: orders of the time before are never sent again, and agents refuse them once
 * they saw the new epoch. @returns the new epoch of the scope's tenant
 */
export async function startEpoch(tx: WriteTransaction): Promise<number> {
  const epoch = (await readEpoch(tx)) + 1;
  await writeEpoch(tx, epoch);
  for (const order of await readOpen(tx))
    await endOrder(tx, order.id, "expired", "A backup was restored; give the order again if it is still wanted.");
  return epoch;
}
