import { readlinkSync, realpathSync } from "node:fs";
import { processStartTime } from "./kill/index.ts";
import { openMacProcesses } from "./mac/mac-processes.ts";
import type { ProcessLookup } from "./process-lookup.ts";

/**
 * How this system finds a process by its pid; undefined where there is no safe way, and `kill-process` then says so.
 * @param root a folder that stands for the disk: paths in it are told as they are on that disk
 */
export function platformProcessLookup(root?: string): ProcessLookup | undefined {
  if (process.platform === "linux") return linuxProcesses(root === undefined ? "" : realPathOf(root));
  return process.platform === "darwin" ? openMacProcesses() : undefined;
}

/** The start time is read before and after the path, so that both are of one process. */
const linuxProcesses =
  (root: string): ProcessLookup =>
  (pid) => {
    const before = processStartTime(pid);
    const real = executableOf(pid);
    if (before === undefined || processStartTime(pid) !== before) return Promise.resolve(undefined);
    const path = root !== "" && real?.startsWith(`${root}/`) === true ? real.slice(root.length) : real;
    return Promise.resolve({ token: { pid, pidversion: before }, path });
  };

/** As the kernel names what is in the folder, whatever links lead to it. */
function realPathOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function executableOf(pid: number): string | undefined {
  try {
    // The kernel marks a replaced executable with a suffix that is no part of its path.
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, "");
  } catch {
    return undefined;
  }
}
