import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Core of what is measured, and core of what loads it. */
export const MEASURED_CORE = 0;
export const LOADING_CORE = 1;

/** Whether processes can be bound to a core here: Linux with `taskset` and two cores. */
export const canPin: boolean = availableParallelism() > 1 && hasTaskset();

function hasTaskset(): boolean {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Binds a process with all its threads, those to come too; without effect where that is impossible. */
export function pin(pid: number, core: number): void {
  if (canPin) execFileSync("taskset", ["-a", "-c", "-p", String(core), String(pid)], { stdio: "ignore" });
}
