import type { DeviceId, TenantId } from "@pomona/facts";
import type { Report } from "@pomona/mdm";
import type { Feature } from "../../kernel/feature.ts";
import type { MdmAnswer } from "../enrollment/index.ts";
import type { Sender } from "./answer-poll.ts";
import type { BatchSlices } from "./batch-slices.ts";
import type { CommandQueue } from "./command-queue.ts";
import type { AnswerHook, HeldSource, QueueHook } from "./ports.ts";
import type { SetupWork } from "./setup/setup-work.ts";

export interface CommandsFeature {
  readonly feature: Feature;
  readonly queue: CommandQueue;
  /** What a Mac in Setup Assistant waits for. */
  readonly setup: SetupWork;
  readonly slices: BatchSlices;
  /** Whether the report answers a command that was sent and that nothing was heard of yet. */
  readonly isAwaited: (tenantId: TenantId, deviceId: DeviceId, report: Report) => Promise<boolean>;
  /** Answers a poll of the command URL. */
  readonly answer: (sender: Sender, report: Report) => Promise<MdmAnswer>;
  /** Hears of the end of every command of these types, in the transaction that ends it. */
  readonly onAnswer: (requestTypes: readonly string[], hook: AnswerHook) => void;
  /** Sees what goes into every command of these types, in the transaction that queues it. */
  readonly onQueue: (requestTypes: readonly string[], hook: QueueHook) => void;
  /** Something else that waits for a person after a restore: it is held, listed, released and discarded with the commands. */
  readonly addHeldSource: (source: HeldSource) => void;
  /** A backup was restored: holds whatever of a tenant waits to be sent, until a person releases it. */
  readonly holdRestored: (tenantId: TenantId, reason: string) => Promise<void>;
}
