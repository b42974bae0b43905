import pino from "pino";
import type { Log } from "../../kernel/feature.ts";

/** JSON lines on standard error, so that standard output stays for what a person or a program asked for. */
export function pinoLog(level: string): Log {
  const destination = pino.destination({ dest: 2, sync: false });
  // A log on a full disk loses lines. It does not end the server.
  destination.on("error", () => {});
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}

/** For tests and for tools that print something else. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
