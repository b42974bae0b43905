import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { MEASURED_CORE, pin } from "./pinning.ts";
import type { Answers, Question } from "./questions.ts";

/** A process that is measured. It ends when this one ends, however it ends. */
export interface Child {
  readonly pid: number;
  ask<Name extends keyof Answers>(question: Extract<Question, { ask: Name }>): Promise<Answers[Name]>;
  stop(): Promise<void>;
}

/** Starts a script of this folder beside us, bound to the measured core. `module` is an absolute file URL. */
export function startChild(module: URL, nodeOptions: readonly string[] = []): Child {
  const child: ChildProcess = fork(fileURLToPath(module), {
    execArgv: [...nodeOptions],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  let last = 0;
  pin(child.pid!, MEASURED_CORE);
  child.on("message", ({ id, answer, error }: { id: number; answer?: never; error?: string }) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(answer as never);
    else asked?.reject(new Error(error));
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code) => {
      for (const { reject } of waiting.values()) reject(new Error(`the measured process ended with ${code}`));
      resolve();
    });
  });
  return {
    pid: child.pid!,
    ask: (question) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, question });
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
