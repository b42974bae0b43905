import { readFileSync } from "node:fs";

/**
 * Start time of a Linux process in clock ticks since boot, modulo 2^32 (proc(5), field 22 of stat): with the pid, who it is. The
 * name in field 2 may hold spaces and parentheses. Undefined when it is gone.
 */
export function startTicks(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields[19];
    return ticks === undefined ? undefined : Number(BigInt(ticks) % 4_294_967_296n);
  } catch {
    return undefined;
  }
}
