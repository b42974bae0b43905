import type { Kernel } from "../../kernel/feature.ts";
import { watchCertificates } from "./certificate-watch.job.ts";
import { parkedMigrations } from "./parked.sql.ts";
import { pushMigrations } from "./push.sql.ts";
import { pushActions } from "./push-actions.ts";
import type { PushFeature, PushPorts } from "./push-feature.ts";
import { PushJournal } from "./push-journal.ts";
import { outcomeMigrations } from "./push-outcomes.sql.ts";
import { PushQueue } from "./push-queue.ts";
import { pushRequestActions } from "./push-request-actions.ts";

export function createPush(kernel: Kernel, ports: PushPorts): PushFeature {
  const { crypto, enrollment, sender, signing, seen } = ports;
  const journal = new PushJournal(kernel);
  const queue = new PushQueue(kernel, enrollment, sender, journal);
  enrollment.onToken(async (tx, told) => {
    const { tenantId } = tx.scope;
    const wake = await queue.tokenTold(tenantId, told, (changes) =>
      tx.publish({ type: "push.token-flapped", deviceId: told.deviceId, data: { changes } }),
    );
    tx.afterCommit(wake);
  });
  const flush = async () => {
    await journal.flush();
    await queue.flush();
  };
  return {
    wake: (tenantId, deviceId, channel) => queue.wake({ tenantId, deviceId, channel: channel ?? null }),
    certificateChanged: (tenantId) => queue.certificateChanged(tenantId),
    feature: {
      name: "push",
      migrations: [...pushMigrations, ...parkedMigrations, ...outcomeMigrations],
      actions: [
        ...pushActions(kernel, crypto, { queue, journal, sender, signing, seen }),
        ...pushRequestActions(kernel, crypto, signing),
      ],
      jobs: [
        { name: "push/turn", everyMs: 1000, run: () => queue.turn() },
        { name: "push/flush", everyMs: 10_000, run: flush },
        watchCertificates(kernel),
      ],
      start: () => queue.start(),
      stop: async () => {
        await queue.stop();
        await journal.flush();
      },
    },
  };
}
