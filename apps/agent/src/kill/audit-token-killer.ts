import { constants } from "node:os";
import { resultOfErrno } from "./errno-result.ts";
import type { Killer } from "./killer.ts";
import type { ProcessGuard } from "./process-guards.ts";
import type { AuditTokenWords, ProcessToken } from "./process-token.ts";

/** `int proc_signal_with_audittoken(audit_token_t *, int)` of libproc: 0 or an errno (XNU, libsyscall/wrappers/libproc). */
export type SignalWithAuditToken = (words: Uint32Array, signal: number) => number;

/**
 * The killer of macOS: the kernel itself compares pid and pidversion, so there is no window between check and signal. It answers
 * ESRCH for a process that is gone and for one whose pidversion moved on by an exec.
 */
export function auditTokenKiller(signalWithAuditToken: SignalWithAuditToken, guard: ProcessGuard): Killer {
  return {
    means: "audittoken",
    kill: (token, signal) => {
      const refusal = guard(token);
      if (refusal !== undefined) return { outcome: "refused", detail: refusal };
      return resultOfErrno(signalWithAuditToken(Uint32Array.from(wordsOf(token)), constants.signals[signal]));
    },
  };
}

/** The kernel looks at pid and pidversion only, so that a token of an order, which has no other words, is enough. */
function wordsOf(token: ProcessToken): AuditTokenWords {
  const [auid, euid, egid, ruid, rgid, , asid] = token.words ?? [0, 0, 0, 0, 0, 0, 0, 0];
  return [auid, euid, egid, ruid, rgid, token.pid, asid, token.pidversion];
}
