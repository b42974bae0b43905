/** How a job's process ended. */
export interface JobEnd {
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** Why launchd starts it, for programs that are told. */
export type StartReason = "boot" | "wake" | "crash" | "update";

/** A running job. */
export interface RunningJob {
  /** Undefined for what runs in our own process. */
  readonly pid: number | undefined;
  readonly exited: Promise<JobEnd>;
  signal(signal: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
}

/** Starts what a job's ProgramArguments name: a real process, or the agent's core in our own. */
export type StartProgram = (programArguments: readonly string[], reason: StartReason) => RunningJob;
