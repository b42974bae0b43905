import { type Profiler, Session } from "node:inspector";

/** What ran since it was last asked. */
export interface Ran {
  /** Whether code ran that is not known to run. */
  readonly isNews: boolean;
  /** How often blocks were entered, all together: a measure of work that is the same on every machine. */
  readonly steps: number;
  /** By file, for each character of it whether it ran. */
  readonly covered: ReadonlyMap<string, Uint8Array>;
}

/** Which code of some files runs, as V8 counts its blocks. One at a time in a process. */
export class BlockCoverage implements Disposable {
  readonly #session = new Session();
  readonly #watches: RegExp;
  readonly #known = new Map<string, Uint8Array>();

  /** @param watches addresses of the files that count */
  constructor(watches: RegExp) {
    this.#watches = watches;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    this.take();
  }

  take(): Ran {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    // Within one process the answer comes before `post` returns.
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    const covered = new Map<string, Uint8Array>();
    let steps = 0;
    for (const { url, functions } of scripts) {
      if (!this.#watches.test(url)) continue;
      const ranges = functions.flatMap((each) => each.ranges);
      for (const { count } of ranges) steps += count;
      covered.set(url, paint(ranges));
    }
    return { isNews: this.#isNews(covered), steps, covered };
  }

  /** This is no news from now on. */
  learn({ covered }: Ran): void {
    for (const [url, ran] of covered) {
      const before = this.#known.get(url) ?? new Uint8Array();
      const both = new Uint8Array(Math.max(before.length, ran.length));
      both.set(before);
      for (const [at, does] of ran.entries()) if (does === 1) both[at] = 1;
      this.#known.set(url, both);
    }
  }

  #isNews(covered: Ran["covered"]): boolean {
    for (const [url, ran] of covered) {
      const known = this.#known.get(url);
      for (let at = 0; at < ran.length; at++) if (ran[at] === 1 && known?.[at] !== 1) return true;
    }
    return false;
  }

  [Symbol.dispose](): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }
}

/** Blocks lie within each other and the inner one counts; one that runs as often as what is around it is not told apart. */
function paint(ranges: readonly Profiler.CoverageRange[]): Uint8Array {
  const ran = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  const outerFirst = ranges.toSorted((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset));
  for (const { startOffset, endOffset, count } of outerFirst) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return ran;
}
