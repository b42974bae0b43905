import { sortAfter } from "../../kernel/clock.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope, PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { EnrollmentFeature } from "../enrollment/index.ts";
import type { PushFeature } from "../push/index.ts";
import { answerPoll, queueOf } from "./answer-poll.ts";
import { attestedAnswer } from "./attested-answer.ts";
import { BatchSlices } from "./batch-slices.ts";
import { commandActions } from "./command-actions.ts";
import { CommandQueue } from "./command-queue.ts";
import { commandMigrations } from "./command-tables.sql.ts";
import { findOpen } from "./commands.sql.ts";
import type { CommandsFeature } from "./commands-feature.ts";
import { heldActions, holdAfterRestore } from "./held.ts";
import { FIRST_QUESTIONS_WORK, onDeviceEnrolled } from "./on-device-enrolled.ts";
import { type ApprovalPort, type AttestationIntake, type HeldSource, noApproval, type UndoPolicy } from "./ports.ts";
import { archiveAnswered, expireCommands, wakePostponed, wakeSilent } from "./queue-upkeep.job.ts";
import { readQueues } from "./queue-upkeep.sql.ts";
import { SettleLater } from "./setup/settle-later.ts";
import { setupMigrations } from "./setup/setup.sql.ts";
import { SetupWork } from "./setup/setup-work.ts";

export interface CommandsPorts {
  readonly enrollment: Pick<EnrollmentFeature, "onReset" | "onAwaiting" | "noteConfigured">;
  readonly push: Pick<PushFeature, "wake">;
  /** Nobody else is asked when not given. */
  readonly approval?: ApprovalPort;
  /** Nothing can be taken back when not given. */
  readonly undo?: UndoPolicy;
  /** What Macs attest of themselves is dropped when not given. */
  readonly takeAttestation?: AttestationIntake;
  /** How long a Mac waits in Setup Assistant at most, in ms; ten minutes when not given. */
  readonly setupMs?: number;
}

/** Queues that are woken again after a start; the others wait for their Mac or the next command. */
const SEEDED = 100_000;

export function createCommands(kernel: Kernel, ports: CommandsPorts): CommandsFeature {
  const { approval = noApproval, undo = { windowMs: async () => 0 } } = ports;
  const queue = new CommandQueue(kernel, { wake: ports.push.wake, approval, undo });
  if (ports.takeAttestation !== undefined)
    queue.onAnswer(["DeviceInformation"], attestedAnswer(kernel.vault, ports.takeAttestation));
  const sources: HeldSource[] = [];
  const { onReset, onAwaiting, noteConfigured } = ports.enrollment;
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
    slices: new BatchSlices(kernel, queue),
    isAwaited: async (tenantId, deviceId, { commandUuid, from }) => {
      if (commandUuid === undefined) return false;
      const scope = deviceScope(tenantId, deviceId);
      const row = await kernel.store.read(scope, (tx) => findOpen(tx, deviceId, queueOf(from), commandUuid));
      return row?.state === "sent";
    },
    answer: (sender, report) => answerPoll(kernel, queue, sender, report),
    onAnswer: (requestTypes, hook) => queue.onAnswer(requestTypes, hook),
    onQueue: (requestTypes, hook) => queue.onQueue(requestTypes, hook),
    addHeldSource: (source) => void sources.push(source),
    holdRestored: (tenantId, reason) => holdAfterRestore(kernel, queue, sources, tenantId, reason),
    feature: {
      name: "commands",
      migrations: [...commandMigrations, ...setupMigrations],
      actions: [...commandActions(kernel, queue), ...heldActions(kernel, queue, sources)],
      factHandlers: [onDeviceEnrolled(queue, setup)],
      jobs: [
        wakePostponed(kernel, queue),
        wakeSilent(kernel, queue),
        expireCommands(kernel, queue),
        archiveAnswered(kernel, queue),
        later.job(),
      ],
      start: async () => {
        unwatch = queue.watch();
        const scope = systemScope(PLATFORM, "commands");
        const queues = await kernel.store.read(scope, readQueues);
        queue.memory.seed(queues.filter(({ waits }) => waits).slice(0, SEEDED), kernel.clock.now());
        for (const { tenantId, deviceId, isAnswered, newestId } of queues) {
          if (isAnswered) queue.memory.noteAnswered(tenantId, deviceId);
          // Where the clock was put back, later commands are still served later.
          sortAfter(newestId);
        }
        await later.start((tx, deviceId) => setup.settle(tx, deviceId));
      },
      stop: async () => {
        unwatch();
        await later.stop();
      },
    },
  };
}
