import { auditTokenKiller } from "./audit-token-killer.ts";
import type { Killer } from "./killer.ts";
import { nativeFunction } from "./native-function.ts";
import type { ProcessGuard } from "./process-guards.ts";
import { startTimeKiller } from "./start-time-killer.ts";

/** The safe killer of this system. Where there is none, one that never signals and says so: hits are then only reported. */
export function platformKiller(guard: ProcessGuard): Killer {
  if (process.platform === "linux") return startTimeKiller(guard);
  const signal = nativeFunction("/usr/lib/libSystem.B.dylib", "proc_signal_with_audittoken");
  if (process.platform === "darwin" && signal !== undefined) return auditTokenKiller(signal, guard);
  const detail = "proc_signal_with_audittoken is not available here, and a bare pid is never signalled";
  return { means: "none", kill: () => ({ outcome: "failed", detail }) };
}
