import type { Kernel } from "../../kernel/feature.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { PushFeature } from "../push/index.ts";
import { answerPoll } from "./answer-poll.ts";
import { commandActions } from "./command-actions.ts";
import { CommandQueue } from "./command-queue.ts";
import { commandMigrations } from "./commands.sql.ts";
import type { CommandsFeature } from "./commands-feature.ts";
import { FIRST_QUESTIONS_WORK, onDeviceEnrolled } from "./on-device-enrolled.ts";
import { archiveAnswered, expireCommands, wakePostponed } from "./queue-upkeep.job.ts";
import { SettleLater } from "./setup/settle-later.ts";
import { setupMigrations } from "./setup/setup.sql.ts";
import { SetupWork } from "./setup/setup-work.ts";

export function createCommands(
  kernel: Kernel,
  ports: {
    readonly enrollment: Pick<EnrollmentFeature, "onReset" | "onAwaiting" | "noteConfigured">;
    readonly push: Pick<PushFeature, "wake">;
    /** How long a Mac waits in Setup Assistant at most, in ms. */
    readonly setupMs?: number;
  },
): CommandsFeature {
  const { wake } = ports.push;
  const { onReset, onAwaiting, noteConfigured } = ports.enrollment;
  const queue = new CommandQueue(kernel, wake);
  const later = new SettleLater(kernel);
  const setup = new SetupWork({ kernel, queue, later, noteConfigured, limitMs: ports.setupMs });
  setup.expect(FIRST_QUESTIONS_WORK, "first questions to the Mac");
  onReset((tx, deviceId) => queue.clear(tx, deviceId));
  onReset((tx, deviceId) => setup.forget(tx, deviceId));
  onAwaiting((tx, mac) => setup.noteAwaiting(tx, mac));
  let unwatch = () => {};
  return {
    queue,
    setup,
    answer: (sender, report) => answerPoll(kernel, queue, sender, report),
    feature: {
      name: "commands",
      migrations: [...commandMigrations, ...setupMigrations],
      actions: commandActions(queue),
      factHandlers: [onDeviceEnrolled(queue, setup)],
      jobs: [wakePostponed(kernel, wake), expireCommands(kernel, queue), archiveAnswered(kernel), later.job()],
      start: async () => {
        unwatch = queue.watch();
        await later.start((tx, deviceId) => setup.settle(tx, deviceId));
      },
      stop: async () => {
        unwatch();
        await later.stop();
      },
    },
  };
}
