import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { resultOfErrno } from "./errno-result.ts";
import type { Killer, KillResult } from "./killer.ts";
import type { ProcessGuard } from "./process-guards.ts";

/**
 * The killer of Linux: reads the start time right before the signal and sends nothing when it differs. Between the two a pid could
 * in theory end and be used again; the kernel hands out all others first. An exec keeps the start time, so the newer image is killed.
 */
export function startTimeKiller(guard: ProcessGuard): Killer {
  return {
    means: "starttime",
    kill: (token, signal): KillResult => {
      const refusal = guard(token);
      if (refusal !== undefined) return { outcome: "refused", detail: refusal };
      const startTime = processStartTime(token.pid);
      if (startTime === undefined) return { outcome: "notFound", errno: constants.errno.ESRCH };
      if (startTime !== token.pidversion) return { outcome: "identityChanged" };
      try {
        process.kill(token.pid, signal);
        return { outcome: "killed" };
      } catch (error) {
        return resultOfErrno(Math.abs((error as { errno?: number }).errno ?? constants.errno.EIO));
      }
    },
  };
}

/** Start time of a process in clock ticks since boot, modulo 2^32; undefined when it is gone or a zombie. Linux only. */
export function processStartTime(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold anything, so count from the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  const ticks = Number(fields[19]);
  return Number.isSafeInteger(ticks) ? ticks % 2 ** 32 : undefined;
}
