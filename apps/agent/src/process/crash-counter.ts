import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A life shorter than this that did not end by a clean stop is a crash of the start. */
const SHORT_LIFE_MS = 30_000;
/** Crashes that lie further apart are no series. */
const SERIES_MS = 300_000;
const CRASHES = 3;

/** Counts crashes over the agent's starts, in a file of the data folder. */
export interface CrashCounter {
  /** Three short lives in a row: what is on disk may be what kills the agent. */
  readonly isSafeMode: boolean;
  /** The last life did not end by a clean stop. */
  readonly afterCrash: boolean;
  /** Call it when the agent has lived `SHORT_LIFE_MS`. */
  survived(): void;
  stoppedCleanly(): void;
}

export { SHORT_LIFE_MS };

export function countCrashes(folder: string, now: () => number): CrashCounter {
  const file = join(folder, "starts.json");
  const before = read(file).filter((at) => now() - at < SERIES_MS && at <= now());
  const starts = [...before, now()].slice(-CRASHES - 1);
  const save = (value: readonly number[]) => writeFileSync(file, JSON.stringify(value), { mode: 0o600 });
  const afterCrash = exists(file);
  save(starts);
  return {
    isSafeMode: before.length >= CRASHES,
    afterCrash,
    survived: () => save([]),
    stoppedCleanly: () => rmSync(file, { force: true }),
  };
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

/** Times of starts that did not end well, oldest first; nothing when the file is not readable. */
function read(file: string): readonly number[] {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(value) ? value.filter((at) => typeof at === "number").slice(-CRASHES - 1) : [];
  } catch {
    return [];
  }
}
