import type { ProcessToken } from "./process-token.ts";

/**
 * What became of a signal.
 * - `killed`: the kernel took it (also for SIGSTOP: "delivered").
 * - `notFound`: no such process any more.
 * - `identityChanged`: the pid lives, but as another process or image; nothing was sent.
 * - `notPermitted`: the kernel refused.
 * - `refused`: a guard forbade it (pid 0 and 1, the agent and its parents) and nothing was sent.
 * - `failed`: it could not be tried safely, or another errno. Without a safe way nothing is ever sent to a bare pid.
 */
export type KillOutcome = "killed" | "notFound" | "identityChanged" | "notPermitted" | "refused" | "failed";

export interface KillResult {
  readonly outcome: KillOutcome;
  readonly errno?: number;
  /** For people, where the outcome alone does not say why. */
  readonly detail?: string;
}

export type KillSignal = "SIGKILL" | "SIGSTOP" | "SIGCONT";

/** Sends a signal to exactly the process that the token names, or to none. Synchronous: nothing may come between decision and kill. */
export interface Killer {
  /** How the identity is checked, for health reports: `audittoken`, `starttime`, or `none` where no safe way exists. */
  readonly means: "audittoken" | "starttime" | "none";
  kill(token: ProcessToken, signal: KillSignal): KillResult;
}
