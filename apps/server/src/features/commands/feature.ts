import type { Kernel } from "../../kernel/feature.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { PushFeature } from "../push/index.ts";
import { answerPoll } from "./answer-poll.ts";
import { commandActions } from "./command-actions.ts";
import { CommandQueue } from "./command-queue.ts";
import { commandMigrations } from "./commands.sql.ts";
import type { CommandsFeature } from "./commands-feature.ts";
import { onDeviceEnrolled } from "./on-device-enrolled.ts";
import { archiveAnswered, expireCommands, wakePostponed } from "./queue-upkeep.job.ts";

export function createCommands(
  kernel: Kernel,
  ports: { readonly enrollment: Pick<EnrollmentFeature, "onReset">; readonly push: Pick<PushFeature, "wake"> },
): CommandsFeature {
  const { wake } = ports.push;
  const { onReset } = ports.enrollment;
  const queue = new CommandQueue(kernel, wake);
  onReset((tx, deviceId) => queue.clear(tx, deviceId));
  let unwatch = () => {};
  return {
    queue,
    answer: (sender, report) => answerPoll(kernel, queue, sender, report),
    feature: {
      name: "commands",
      migrations: commandMigrations,
      actions: commandActions(queue),
      factHandlers: [onDeviceEnrolled(queue)],
      jobs: [wakePostponed(kernel, wake), expireCommands(kernel, queue), archiveAnswered(kernel)],
      start: async () => {
        unwatch = queue.watch();
      },
      stop: async () => unwatch(),
    },
  };
}
