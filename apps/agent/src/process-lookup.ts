import type { ProcessToken } from "./kill/process-token.ts";

/** A process that runs now. */
export interface RunningProcess {
  readonly token: ProcessToken;
  /** Absolute path of its executable; undefined where it cannot be read. */
  readonly path: string | undefined;
}

/** Finds out who a pid is, before it is killed by that identity. */
export type ProcessLookup = (pid: number) => Promise<RunningProcess | undefined>;
