import { onFact } from "../../kernel/fact.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { readRecovery } from "./show-recovery.ts";

/** A Mac entrusts its secrets to a server of which nobody knows whether they would survive it. It enrolls all the same. */
export const onDeviceEnrolled = (kernel: Kernel) =>
  onFact<"device.enrolled">({
    name: "recovery/on-device-enrolled",
    types: ["device.enrolled"],
    handle: async (tx, { deviceId }) => {
      const { state } = await readRecovery(tx, kernel);
      if (deviceId === null || (state !== "neverExported" && state !== "neverTested")) return;
      await tx.publish({ type: "recovery.untested", deviceId, data: { state } });
      tx.afterCommit(() => kernel.log.warn("recovery.untested", { tenantId: tx.scope.tenantId, deviceId, state }));
    },
  });
