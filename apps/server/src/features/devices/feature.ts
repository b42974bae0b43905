import { asId } from "@pomona/facts";
import type { Feature, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { clearPresence, deviceMigrations, updateDevice } from "./devices.sql.ts";
import { listDevices } from "./list-devices.ts";
import { reportActions } from "./list-reports.ts";
import { reportMigrations } from "./reports.sql.ts";
import { SeenTimes } from "./seen-times.ts";
import { deviceActions } from "./show-device.ts";

export function createDevices(kernel: Kernel): { readonly feature: Feature; readonly seen: SeenTimes } {
  const seen = new SeenTimes();
  const writeSeen = async () => {
    for (const [tenantId, devices] of seen.take()) {
      await kernel.store.write(systemScope(tenantId, "devices"), async (tx) => {
        for (const { deviceId, mdm, agent } of devices) {
          await updateDevice(tx, deviceId, {
            ...(mdm === undefined ? {} : { mdm_seen_at: mdm }),
            ...(agent === undefined ? {} : { agent_seen_at: agent }),
          });
        }
      });
    }
  };
  return {
    seen,
    feature: {
      name: "devices",
      migrations: [...deviceMigrations, ...reportMigrations],
      actions: [listDevices(seen), ...deviceActions(seen), ...reportActions(kernel)],
      jobs: [{ name: "devices/write-seen", everyMs: 5000, run: writeSeen }],
      start: async () => {
        const gone = await kernel.store.write(systemScope(PLATFORM, "devices"), clearPresence);
        for (const { tenant_id, id } of gone) {
          await kernel.store.write(systemScope(asId(tenant_id), "devices"), (tx) =>
            tx.publish({ type: "agent.offline", deviceId: asId(id), data: { reason: "server-stopped" } }),
          );
        }
      },
      stop: writeSeen,
    },
  };
}
