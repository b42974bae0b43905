import { asId } from "@pomona/facts";
import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { readDevice } from "../devices/index.ts";
import type { OrderCourier } from "./order-courier.ts";
import { readDue, updateOrder } from "./orders.sql.ts";
import { endOrder } from "./record-receipt.ts";

const BATCH = 500;
/** Between tries of one order without a receipt; the last one repeats. */
const BACK_OFF_MS = [5_000, 15_000, 60_000, 300_000, 900_000];

/**
 * Heals what got lost on the way: sends again what has no receipt, ever more slowly, and ends what is past its time.
 * One that the Mac received but never reported on is `unknown` a day after its time.
 */
export const sweepOrders = (kernel: Kernel, courier: OrderCourier): Job => ({
  name: "agents/sweep-orders",
  everyMs: 2_000,
  run: async () => {
    const due = await kernel.store.read(systemScope(PLATFORM, "agents"), (tx) => readDue(tx, BATCH));
    for (const row of due) {
      const to = { tenantId: asId<"tenant">(row.tenant_id), deviceId: asId<"device">(row.device_id) };
      const mustSend = await kernel.store.write(systemScope(to.tenantId, "agents"), async (tx) => {
        if (row.received_at !== null)
          return endOrder(tx, row.id, "unknown", "The Mac took the order and never said what came of it.");
        if (row.expires_at <= tx.now) return endOrder(tx, row.id, "expired", "The Mac did not come in time.");
        const wait = BACK_OFF_MS[Math.min(row.deliveries, BACK_OFF_MS.length - 1)]!;
        await updateOrder(tx, asId<"order">(row.id), {
          deliveries: row.deliveries + 1,
          nextDeliveryAt: Math.min(tx.now + wait, row.expires_at),
        });
        return (await readDevice(tx, to.deviceId))?.quarantine === null;
      });
      if (mustSend === true) await courier.redeliver(to, row.is_urgent === 1);
    }
  },
});
