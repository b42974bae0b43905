import type { Kernel } from "../../kernel/feature.ts";
import { pushMigrations } from "./push.sql.ts";
import { pushActions } from "./push-actions.ts";
import type { PushFeature, PushPorts } from "./push-feature.ts";
import { PushQueue } from "./push-queue.ts";

export function createPush(kernel: Kernel, ports: PushPorts): PushFeature {
  const queue = new PushQueue(kernel, ports.enrollment, ports.sender);
  return {
    wake: (tenantId, deviceId, channel) => queue.wake(tenantId, deviceId, channel ?? null),
    feature: {
      name: "push",
      migrations: pushMigrations,
      actions: pushActions(kernel, ports.crypto, queue, ports.sender.endpoint),
      jobs: [{ name: "push/flush-pushes", everyMs: 10_000, run: () => queue.flush() }],
      stop: () => queue.stop(),
    },
  };
}
