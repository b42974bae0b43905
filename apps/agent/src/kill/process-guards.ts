import type { ProcessToken } from "./process-token.ts";

/** Says why a process must never be signalled, or undefined where it may be. */
export type ProcessGuard = (token: ProcessToken) => string | undefined;

/** Guards pid 0 and 1, this process, its parents, and what is added (the agent that started a sensor, its other children). */
export function guardProcesses(protectedPids: Iterable<number>): ProcessGuard {
  const pids = new Set<number>([...protectedPids, process.pid, process.ppid]);
  return ({ pid, pidversion }) => {
    if (!Number.isSafeInteger(pid) || !Number.isSafeInteger(pidversion)) return "not a process identity";
    if (pid <= 1) return "pid 0, pid 1 and process groups are never signalled";
    return pids.has(pid) ? "the agent does not signal itself or its parents" : undefined;
  };
}
