import type { OrderStatusMessage, ReceiptMessage } from "@pomona/agent-protocol";
import { asId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { isFinal, mayBecome, type OrderRow } from "./model.ts";
import type { OrderCourier } from "./order-courier.ts";
import { readOrder, updateOrder } from "./orders.sql.ts";
import type { MessageContext, MessageHandler } from "./ports.ts";
import { recordAttempts } from "./record-attempts.ts";

/** An order of this very Mac; another's id says nothing. */
async function ownOrder(tx: WriteTransaction, context: MessageContext, id: string): Promise<OrderRow | undefined> {
  const order = await readOrder(tx, id);
  return order?.deviceId === context.deviceId ? order : undefined;
}

/** The order is in the Mac's ledger. The first receipt counts, whichever way its copy took. */
export const onReceipt =
  (courier: OrderCourier): MessageHandler<ReceiptMessage> =>
  async (tx, context, { orderId, channel }) => {
    const order = await ownOrder(tx, context, orderId);
    if (order === undefined) return;
    await recordAttempts(tx, order.id, courier.takeUnwritten(order.id));
    if (order.receivedAt !== null) return;
    await updateOrder(tx, order.id, {
      receivedAt: tx.now,
      arrivedBy: channel,
      nextDeliveryAt: Math.max(order.expiresAt, tx.now) + REPORT_GRACE_MS,
      ...(order.state === "queued" ? { state: "sent", sentAt: order.sentAt ?? tx.now } : {}),
    });
  };

/** The longest script may run a day; after that and an hour nobody knows what became of it. */
const REPORT_GRACE_MS = 90_000_000;

/** How far it has come. Repeated and late words change nothing. */
export const onOrderStatus =
  (courier: OrderCourier): MessageHandler<OrderStatusMessage> =>
  async (tx, context, status) => {
    const before = await ownOrder(tx, context, status.orderId);
    if (before === undefined) return;
    const unwritten = courier.takeUnwritten(before.id);
    await recordAttempts(tx, before.id, unwritten);
    const order = unwritten.length === 0 ? before : (await readOrder(tx, before.id))!;
    if (!mayBecome(order.state, status.state)) return;
    const channel = order.arrivedBy ?? order.tried.at(-1)?.channel ?? context.channel;
    const arrived = order.receivedAt === null ? { receivedAt: tx.now, arrivedBy: channel } : {};
    const named = { orderId: order.id, type: order.type };
    if (status.state === "running") {
      await updateOrder(tx, order.id, {
        ...arrived,
        state: "running",
        startedAt: tx.now,
        nextDeliveryAt: Math.max(order.expiresAt, tx.now) + REPORT_GRACE_MS,
      });
      await tx.publish({ type: "order.running", deviceId: order.deviceId, data: { ...named, channel } });
      return;
    }
    await updateOrder(tx, order.id, {
      ...arrived,
      state: status.state,
      finishedAt: tx.now,
      nextDeliveryAt: null,
      exitCode: status.exitCode ?? null,
      error: status.error ?? null,
      output: status.output ?? "",
      outputTruncated: status.outputTruncated ?? false,
      data: status.data ?? null,
    });
    await tx.publish({ type: "order.finished", deviceId: order.deviceId, data: { ...named, state: status.state } });
  };

/** Ends an order from the server's side. */
export async function endOrder(
  tx: WriteTransaction,
  orderId: string,
  state: "expired" | "unknown",
  error: string,
): Promise<void> {
  const order = await readOrder(tx, orderId);
  if (order === undefined || isFinal(order.state)) return;
  const id = asId<"order">(orderId);
  await updateOrder(tx, id, { state, finishedAt: tx.now, nextDeliveryAt: null, error });
  await tx.publish({
    type: "order.finished",
    deviceId: order.deviceId,
    data: { orderId: id, type: order.type, state },
  });
}
