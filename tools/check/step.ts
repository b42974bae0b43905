import { runCommand } from "./command.ts";

/** How one step of the check ended; a step that runs tests counts them, any other counts as one. */
export interface StepResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly ms: number;
}

/** One step of the check, by the name that `--only` takes. */
export interface Step {
  readonly name: string;
  readonly run: () => Promise<StepResult>;
}

/** A step that runs commands on the packaged Node, one after the other, and passes when all of them exit 0. */
export function commandStep(name: string, ...commands: readonly (readonly string[])[]): Step {
  return step(name, async () => {
    let passed = true;
    for (const command of commands) passed = (await runCommand(command)) === 0 && passed;
    return passed;
  });
}

/** A step that passes when `work` answers true; an exception is printed and is a failure. */
export function step(name: string, work: () => Promise<boolean>): Step {
  return {
    name,
    run: async () => {
      heading(name);
      const start = performance.now();
      const passed = await work().catch((error: unknown) => {
        console.error(error);
        return false;
      });
      return { name, passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, ms: performance.now() - start };
    },
  };
}

/** Prints the line that a step's output stands under. */
export const heading = (name: string): void => console.log(`\n== ${name}`);
