import { orders as catalog, type OrderType } from "@pomona/agent-protocol";
import { asId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { HeldSource } from "../commands/index.ts";
import {
  countHeldOrders,
  holdUndelivered,
  nextSequence,
  readEpoch,
  readHeldOrders,
  rewrapOrder,
  writeEpoch,
} from "./orders.sql.ts";
import { endOrder } from "./record-receipt.ts";

const ALL = 1_000_000;

/**
 * Orders after a restore. A new epoch begins, and what no Mac was heard to have is held. A released order keeps its id and its
 * end, so that a Mac whose ledger knows it does not run it again; its envelope is of the new epoch.
 */
export const heldOrders: HeldSource = {
  kind: "order",
  hold: async (tx) => {
    await startEpoch(tx);
    return holdUndelivered(tx);
  },
  count: countHeldOrders,
  list: async (tx, limit) =>
    (await readHeldOrders(tx, limit)).map((order) => ({
      kind: "order" as const,
      id: order.id,
      deviceId: order.deviceId,
      type: order.type,
      risk: catalog[order.type as OrderType].risk,
      devices: 1,
      actor: order.actor,
      createdAt: order.createdAt,
      expiresAt: order.expiresAt,
    })),
  release: async (tx) => {
    const held = await readHeldOrders(tx, ALL);
    const epoch = await readEpoch(tx);
    for (const order of held) {
      const seq = await nextSequence(tx, order.deviceId);
      // The sweep takes it from here: it sends what is due, and ends what is past its time.
      await rewrapOrder(tx, order.id, { ...order.envelope, epoch, seq, signatures: [] });
    }
    return held.length;
  },
  discard: async (tx, ids) => {
    const chosen = ids === undefined ? undefined : new Set(ids);
    const held = (await readHeldOrders(tx, ALL)).filter(({ id }) => chosen?.has(id) ?? true);
    const why = `A backup was restored, and ${tx.scope.actor.name} decided not to send this again.`;
    for (const { id } of held) await endOrder(tx, asId<"order">(id), "expired", why);
    return held.length;
  },
};

/** From now on agents that hear of the new epoch refuse envelopes of the one before. @returns the new epoch of the tenant */
export async function startEpoch(tx: WriteTransaction): Promise<number> {
  const epoch = (await readEpoch(tx)) + 1;
  await writeEpoch(tx, epoch);
  return epoch;
}
