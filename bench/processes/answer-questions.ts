import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import type { Answers, Question, Usage } from "./questions.ts";
import { CACHE } from "./scratch.ts";
import { type CpuProfile, shareOut } from "./step-shares.ts";

type Answer = (question: Question) => Promise<Answers[keyof Answers] | undefined>;

/** Answers the parent's questions, the common ones here and the others by `answer`; ends when the parent has gone. */
export function answerQuestions(answer: Answer, stop: () => Promise<void>): void {
  const session = new Session();
  const common: Answer = async (question) => {
    if (question.ask === "usage") return usage();
    if (question.ask === "profile") {
      session.connect();
      await session.post("Profiler.enable");
      await session.post("Profiler.setSamplingInterval", { interval: 500 });
      await session.post("Profiler.start");
      return undefined;
    }
    if (question.ask === "shares") {
      const { profile } = await session.post("Profiler.stop");
      session.disconnect();
      writeFileSync(join(CACHE, `${question.keepAs}.cpuprofile`), JSON.stringify(profile));
      return shareOut(profile as CpuProfile);
    }
    return answer(question);
  };
  process.on("message", ({ id, question }: { id: number; question: Question }) => {
    common(question).then(
      (answered) => process.send?.({ id, answer: answered }),
      (error: unknown) => process.send?.({ id, error: String(error instanceof Error ? error.stack : error) }),
    );
  });
  process.once("disconnect", () => {
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

function usage(): Usage {
  // Only where memory is asked for: the process was started with --expose-gc then.
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const memory = process.memoryUsage();
  return { cpuMs: (user + system) / 1000, rssMB: memory.rss / 2 ** 20, heapMB: memory.heapUsed / 2 ** 20 };
}
