/** A value that a log line may carry; never a secret, never bytes from outside that were not bounded. */
export type LogValue = string | number | boolean | null | undefined;

/** One line per thing that happened: `event` is `part.what-happened`, the rest are its values. */
export interface Log {
  info(event: string, values?: Readonly<Record<string, LogValue>>): void;
  warn(event: string, values?: Readonly<Record<string, LogValue>>): void;
}

/** Says nothing; for thousands of agents in one process. */
export const silentLog: Log = { info() {}, warn() {} };

/** JSON lines, one per event, to a stream that launchd keeps in a file. */
export function createJsonLog(write: (line: string) => void, now: () => number): Log {
  const line = (level: string, event: string, values: Readonly<Record<string, LogValue>> = {}) =>
    write(`${JSON.stringify({ at: new Date(now()).toISOString(), level, event, ...values })}\n`);
  return { info: (event, values) => line("info", event, values), warn: (event, values) => line("warn", event, values) };
}
