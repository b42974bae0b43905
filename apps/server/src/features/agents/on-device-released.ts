import { onFact } from "../../kernel/fact.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { readDevice } from "../devices/index.ts";
import type { DesiredCourier } from "./desired-courier.ts";
import type { OrderCourier } from "./order-courier.ts";

/** A person looked at a Mac in quarantine and released it: what was held goes out. */
export const onDeviceReleased = (kernel: Kernel, orders: OrderCourier, desired: DesiredCourier) =>
  onFact<"device.changed">({
    name: "agents/on-device-released",
    types: ["device.changed"],
    handle: async (tx, { tenantId, deviceId, data }) => {
      if (deviceId === null || !data.fields.includes("quarantine")) return;
      if ((await readDevice(tx, deviceId))?.quarantine !== null) return;
      const to = { tenantId, deviceId };
      tx.afterCommit(() => {
        Promise.all([orders.redeliver(to, false), desired.broadcast([to])]).catch((error: unknown) =>
          kernel.log.error("agents.release-unanswered", { deviceId, error: String(error) }),
        );
      });
    },
  });
