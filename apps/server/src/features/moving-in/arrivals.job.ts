import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { readDevice, type SeenTimes } from "../devices/index.ts";
import { noteArrived, readAway } from "./moving-in.sql.ts";

const AT_ONCE = 20_000;

/**
 * Notices Macs that moved in and came by: only then are they told of as enrolled, which begins the work on them. Before the
 * old name points here, commands would pile up and pushes would send them to the old server.
 */
export const noticeArrivals = (kernel: Kernel, seen: SeenTimes): Job => ({
  name: "moving-in/notice-arrivals",
  everyMs: 5000,
  run: async () => {
    const away = await kernel.store.read(systemScope(PLATFORM, "moving-in"), (tx) => readAway(tx, AT_ONCE));
    for (const { tenantId, enrollmentId, deviceId, movedAt } of away) {
      if ((seen.of(deviceId).mdm ?? 0) < movedAt) continue;
      await kernel.store.write(systemScope(tenantId, "moving-in"), async (tx) => {
        if (!(await noteArrived(tx, enrollmentId))) return;
        const device = await readDevice(tx, deviceId);
        const serialNumber = device?.serialNumber ?? null;
        await tx.publish({
          type: "device.enrolled",
          deviceId,
          data: { serialNumber, name: device?.name ?? "", again: false },
        });
      });
    }
  },
});
