import type { Report } from "@pomona/mdm";
import type { Feature } from "../../kernel/feature.ts";
import type { MdmAnswer } from "../enrollment/index.ts";
import type { Sender } from "./answer-poll.ts";
import type { CommandQueue } from "./command-queue.ts";
import type { SetupWork } from "./setup/setup-work.ts";

export interface CommandsFeature {
  readonly feature: Feature;
  readonly queue: CommandQueue;
  /** What a Mac in Setup Assistant waits for. */
  readonly setup: SetupWork;
  /** Answers a poll of the command URL. */
  readonly answer: (sender: Sender, report: Report) => Promise<MdmAnswer>;
}
