import pino from "pino";
import type { Log } from "../../kernel/feature.ts";
import { lossyLines } from "./lossy-lines.ts";

/** JSON lines on standard error, so that standard output stays for what a person or a program asked for. */
export function pinoLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, lossyLines(2));
  return {
    info: (event, fields) => logger.info(fields ?? {}, event),
    warn: (event, fields) => logger.warn(fields ?? {}, event),
    error: (event, fields) => logger.error(fields ?? {}, event),
  };
}

/** For tests and for tools that print something else. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
