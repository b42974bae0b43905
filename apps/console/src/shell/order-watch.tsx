import { showOrder } from "@pomona/contract";
import { call } from "../client/call.ts";
import { useLiveEvents } from "../client/live/live-provider.tsx";
import { useSession } from "../client/session.tsx";
import { outcomeToast } from "../features/agents/outcome-toast.ts";
import { takeWatchedOrder } from "../features/agents/watched-orders.ts";
import { toast } from "../kit/toasts.ts";

/** Says what came of the orders that were placed with a button, wherever the person went meanwhile. */
export const OrderWatch = () => {
  const tenantId = useSession().tenant.id;
  useLiveEvents((event) => {
    if (event.type !== "order.finished") return;
    const orderId = event.data["orderId"];
    if (typeof orderId !== "string" || !takeWatchedOrder(orderId)) return;
    call(showOrder, { orderId }, { tenantId }).then(
      (order) => toast(outcomeToast(order)),
      () => toast({ tone: "unknown", title: "The order has finished", text: "What came of it could not be read." }),
    );
  });
  return null;
};
