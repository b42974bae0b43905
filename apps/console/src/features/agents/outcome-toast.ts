import type { Order } from "@pomona/contract";
import { duration } from "../../kit/time/format-duration.ts";
import type { Toast } from "../../kit/toasts.ts";
import { CHANNEL_TITLES, ORDER_TITLES, orderWord } from "./order-words.ts";

/** What came of an order, for the corner of the window. */
export const outcomeToast = (order: Order): Omit<Toast, "id"> => {
  const { word, tone, why } = orderWord(order.state);
  const tookMs = order.finishedAt === null ? null : Date.parse(order.finishedAt) - Date.parse(order.createdAt);
  const way = order.path.arrivedBy === null ? "" : ` by ${CHANNEL_TITLES[order.path.arrivedBy].toLowerCase()}`;
  return {
    tone,
    title: `${ORDER_TITLES[order.type]}: ${word.toLowerCase()}`,
    text:
      order.state === "succeeded" && tookMs !== null
        ? `Answered in ${duration(Math.max(0, tookMs))}${way}.`
        : (order.result?.error ?? `${why}.`),
    link: { to: `/devices/${order.deviceId}/orders/${order.id}`, label: "Show the order" },
  };
};
