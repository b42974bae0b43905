import { listOrders, placeOrder, showOrder } from "@pomona/contract";
import { call } from "../../client/call.ts";
import { useSession } from "../../client/session.tsx";
import { usePerform } from "../../client/use-action.ts";
import { toast } from "../../kit/toasts.ts";
import { ORDER_TITLES } from "./order-words.ts";
import { outcomeToast } from "./outcome-toast.ts";
import { watchOrder } from "./watched-orders.ts";

/** Places an order that needs no form, says that it is on its way, and later what came of it. */
export const usePlaceQuickOrder = (deviceId: string) => {
  const place = usePerform(placeOrder, [listOrders]);
  const tenantId = useSession().tenant.id;
  return {
    isPending: place.isPending,
    place: (type: "ping" | "refresh-facts") =>
      place.mutate(
        { deviceId, type, expiresInSeconds: 3600 },
        {
          onSuccess: (order) => {
            if (!watchOrder(order.id)) return toast({ tone: "progress", title: `${ORDER_TITLES[type]} is on its way` });
            void call(showOrder, { orderId: order.id }, { tenantId }).then((full) => toast(outcomeToast(full)));
          },
          onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
        },
      ),
  };
};
