import type { Report } from "@pomona/mdm";
import type { Feature } from "../../kernel/feature.ts";
import type { MdmAnswer } from "../enrollment/index.ts";
import type { Sender } from "./answer-poll.ts";
import type { CommandQueue } from "./command-queue.ts";

export interface CommandsFeature {
  readonly feature: Feature;
  readonly queue: CommandQueue;
  /** Answers a poll of the command URL. */
  readonly answer: (sender: Sender, report: Report) => Promise<MdmAnswer>;
}
