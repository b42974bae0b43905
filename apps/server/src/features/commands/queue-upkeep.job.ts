import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { CommandQueue, Wake } from "./command-queue.ts";
import { archive, readCommand, readExpired, readToWake, setWake } from "./commands.sql.ts";
import { notNowDelay } from "./model.ts";

const BATCH = 200;

/** Wakes Macs that said "not now": without a push such a command can wait for hours. */
export const wakePostponed = (kernel: Kernel, wake: Wake): Job => ({
  name: "commands/wake-postponed",
  everyMs: 5000,
  run: async () => {
    const due = await kernel.store.read(systemScope(PLATFORM, "commands"), (tx) => readToWake(tx, BATCH));
    for (const { tenantId, id, deviceId } of due) {
      await kernel.store.write(systemScope(tenantId, "commands"), async (tx) => {
        const row = await readCommand(tx, id);
        // Again later if this push leads to nothing; the poll that it leads to sets it anew.
        await setWake(tx, id, tx.now + notNowDelay((row?.notNowCount ?? 0) + 1));
        tx.afterCommit(() => wake(tenantId, deviceId));
      });
    }
  },
});

/** Ends commands whose time has run out, also those of Macs that never come back. */
export const expireCommands = (kernel: Kernel, queue: CommandQueue): Job => ({
  name: "commands/expire",
  everyMs: 30_000,
  run: async () => {
    const due = await kernel.store.read(systemScope(PLATFORM, "commands"), (tx) => readExpired(tx, BATCH));
    for (const { tenantId, id } of due) {
      await kernel.store.write(systemScope(tenantId, "commands"), async (tx) => {
        const row = await readCommand(tx, id);
        if (row === undefined || row.answeredAt !== null) return;
        await queue.end(tx, row, "expired", "it was not answered in time");
      });
    }
  },
});

/** Carries answered commands from the queue to the history. */
export const archiveAnswered = (kernel: Kernel): Job => ({
  name: "commands/archive-answered",
  everyMs: 10_000,
  run: async () => {
    const scope = systemScope(PLATFORM, "commands");
    while ((await kernel.store.write(scope, (tx) => archive(tx, BATCH))) === BATCH);
  },
});
