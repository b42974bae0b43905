import { placeOrder as contract } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import type { StoreOrder } from "./store-order.ts";

/** Stores an order with its envelope and sends it after the commit. 202: it is stored, whatever the Mac does. */
export const placeOrder = (store: StoreOrder) =>
  bindAction(contract, {
    run: async ({ tx }, { deviceId, ...request }) => ({
      id: await store(tx, { ...request, deviceId: asId<"device">(deviceId) }),
      state: "queued" as const,
    }),
  });
