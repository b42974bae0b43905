import type { OrderId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { type Attempt, isFinal } from "./model.ts";
import { readOrder, updateOrder } from "./orders.sql.ts";

/** Ways kept of one order: the first ones and the newest tell the story. */
const MOST_ATTEMPTS = 50;

/** Adds tried ways to an order's record; the first makes it `sent`. */
export async function recordAttempts(tx: WriteTransaction, id: OrderId, attempts: readonly Attempt[]): Promise<void> {
  const order = await readOrder(tx, id);
  if (order === undefined || attempts.length === 0) return;
  const tried = [...order.tried, ...attempts];
  if (tried.length > MOST_ATTEMPTS) tried.splice(10, tried.length - MOST_ATTEMPTS);
  const isFirst = order.state === "queued";
  await updateOrder(tx, id, {
    tried,
    ...(order.sentAt === null ? { sentAt: attempts[0]!.at } : {}),
    ...(isFirst ? { state: "sent" } : {}),
  });
  if (isFinal(order.state)) return;
  const known = new Set(order.tried.map(({ channel }) => channel));
  for (const channel of new Set(attempts.map((attempt) => attempt.channel))) {
    if (known.has(channel)) continue;
    await tx.publish({
      type: "order.sent",
      deviceId: order.deviceId,
      data: { orderId: id, type: order.type, channel },
    });
  }
}
