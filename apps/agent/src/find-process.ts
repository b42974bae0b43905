import { readlinkSync } from "node:fs";
import { processStartTime } from "./kill/index.ts";
import { openMacProcesses } from "./mac/mac-processes.ts";
import type { ProcessLookup } from "./process-lookup.ts";

/** How this system finds a process by its pid; undefined where there is no safe way, and `kill-process` then says so. */
export function platformProcessLookup(): ProcessLookup | undefined {
  if (process.platform === "linux") return findLinuxProcess;
  return process.platform === "darwin" ? openMacProcesses() : undefined;
}

/** The start time is read before and after the path, so that both are of one process. */
const findLinuxProcess: ProcessLookup = (pid) => {
  const before = processStartTime(pid);
  const path = executableOf(pid);
  if (before === undefined || processStartTime(pid) !== before) return Promise.resolve(undefined);
  return Promise.resolve({ token: { pid, pidversion: before }, path });
};

function executableOf(pid: number): string | undefined {
  try {
    // The kernel marks a replaced executable with a suffix that is no part of its path.
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");
  } catch {
    return undefined;
  }
}
