import type { Report } from "@pomona/mdm";
import type { Feature, Kernel } from "../../kernel/feature.ts";
import type { EnrollmentFeature, MdmAnswer } from "../enrollment/index.ts";
import { answerPoll, type Sender } from "./answer-poll.ts";
import { commandActions } from "./command-actions.ts";
import { CommandQueue } from "./command-queue.ts";
import { commandMigrations } from "./commands.sql.ts";
import { onDeviceEnrolled } from "./on-device-enrolled.ts";
import { archiveAnswered, expireCommands, wakePostponed } from "./queue-upkeep.job.ts";

export interface CommandsFeature {
  readonly feature: Feature;
  readonly queue: CommandQueue;
  /** Answers a poll of the command URL. */
  readonly answer: (sender: Sender, report: Report) => Promise<MdmAnswer>;
}

export function createCommands(
  kernel: Kernel,
  ports: { readonly enrollment: Pick<EnrollmentFeature, "wake" | "onReset"> },
): CommandsFeature {
  const { wake, onReset } = ports.enrollment;
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
