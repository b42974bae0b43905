import { listOrders, showOrder } from "@pomona/contract";
import { asId } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import { readDevice } from "../devices/index.ts";
import { toOrder } from "./model.ts";
import { readOrder, readOrders } from "./orders.sql.ts";

export const showOrderActions = [
  bindAction(showOrder, {
    run: async ({ tx }, { orderId }) => {
      const row = await readOrder(tx, orderId);
      if (row === undefined) throw notFound("order", orderId);
      return toOrder(row);
    },
  }),
  bindAction(listOrders, {
    run: async ({ tx }, { deviceId, limit = 100, cursor }) => {
      const id = asId<"device">(deviceId);
      if ((await readDevice(tx, id)) === undefined) throw notFound("device", deviceId);
      const rows = await readOrders(tx, id, cursor, limit + 1);
      const items = rows.slice(0, limit).map(toOrder);
      return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
    },
  }),
];
