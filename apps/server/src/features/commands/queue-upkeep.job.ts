import type { Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { writeInSlices } from "../../kernel/store.ts";
import { forgetBatchInputs } from "./batch-rows.sql.ts";
import type { CommandQueue } from "./command-queue.ts";
import { readCommand } from "./commands.sql.ts";
import { KEPT_INPUT_MS, notNowDelay, TOO_LATE } from "./model.ts";
import { archive, forgetInputs, readExpired, readToWake, setWake } from "./queue-upkeep.sql.ts";

const BATCH = 200;
const MACS_AT_ONCE = 8;

/**
 * Wakes Macs for commands whose undo window is over, and those that said "not now": without a push such a command can wait
 * for hours.
 */
export const wakePostponed = (kernel: Kernel, queue: CommandQueue): Job => ({
  name: "commands/wake-postponed",
  everyMs: 1000,
  run: async () => {
    const due = await kernel.store.read(systemScope(PLATFORM, "commands"), (tx) => readToWake(tx, BATCH));
    for (const { tenantId, id } of due) {
      await kernel.store.write(systemScope(tenantId, "commands"), async (tx) => {
        const row = await readCommand(tx, id);
        if (row === undefined || row.answeredAt !== null) return;
        // Again later if this push leads to nothing; the poll that it leads to sets it anew.
        const delay = row.state === "notNow" ? notNowDelay(row.notNowCount + 1) : null;
        await setWake(tx, id, delay === null ? null : tx.now + delay);
        queue.wakeAfterCommit(tx, row);
      });
    }
  },
});

/** Wakes Macs again that have commands and do not come, or took one and fell silent: the first push may have been lost. */
export const wakeSilent = (kernel: Kernel, queue: CommandQueue): Job => ({
  name: "commands/wake-silent",
  everyMs: 15_000,
  run: async () => {
    for (const { tenantId, deviceId, channel } of queue.memory.takeDue(kernel.clock.now(), 1000))
      queue.wake(tenantId, deviceId, channel);
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
        await queue.end(tx, row, "expired", { error: TOO_LATE, dead: "expired" });
      });
    }
  },
});

/** Carries answered commands from the queue to the history, and lets old inputs go. */
export const archiveAnswered = (kernel: Kernel, queue: CommandQueue): Job => ({
  name: "commands/archive-answered",
  everyMs: 3_000,
  run: async () => {
    const scope = systemScope(PLATFORM, "commands");
    const macs = queue.memory.takeAnswered();
    try {
      await writeInSlices(kernel.store, scope, macs, MACS_AT_ONCE, async (tx, slice) => {
        for (const [deviceId, tenantId] of slice) await archive(tx, tenantId, deviceId);
      });
    } catch (error) {
      for (const [deviceId, tenantId] of macs) queue.memory.noteAnswered(tenantId, deviceId);
      throw error;
    }
    await kernel.store.write(scope, async (tx) => {
      await forgetInputs(tx, tx.now - KEPT_INPUT_MS, BATCH);
      await forgetBatchInputs(tx);
    });
  },
});
