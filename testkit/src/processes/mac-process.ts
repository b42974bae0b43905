/** How a process ended: by a signal or with a code, and when (epoch ms). */
export interface ProcessEnd {
  readonly signal: string | undefined;
  readonly code: number | undefined;
  readonly at: number;
}

/** An application's image, as code signing describes it. */
export interface ImageIdentity {
  /** Path on the Mac. */
  readonly path: string;
  readonly signingId: string | undefined;
  readonly teamId: string | undefined;
  /** 40 hex digits, upper case. */
  readonly cdhash: string;
  readonly isPlatformBinary: boolean;
}

/** A process of the virtual Mac: a real one of this machine, or one that is only kept in a table. */
export interface MacProcess {
  readonly pid: number;
  /** What tells this process from a later one with the same pid. Real ones: start time in clock ticks, modulo 2^32. */
  readonly pidversion: number;
  readonly ppid: number;
  readonly uid: number;
  readonly image: ImageIdentity;
  readonly args: readonly string[];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly exited: Promise<ProcessEnd>;
  /** False when it is gone. */
  signal(signal: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): boolean;
}

export interface LaunchRequest {
  readonly image: ImageIdentity;
  readonly args: readonly string[];
  readonly uid: number;
}

/** Where processes come from. */
export interface ProcessSpace {
  launch(request: LaunchRequest): Promise<MacProcess>;
  find(pid: number): MacProcess | undefined;
  list(): readonly MacProcess[];
  /** Everything ends at once, without a word, as at a loss of power. Resolves when all are gone. */
  killAll(): Promise<void>;
}
