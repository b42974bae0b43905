import { type Profiler, Session } from "node:inspector";

/** What ran since it was last asked. */
export interface Ran {
  /** Blocks of code, by file and place, that never ran before. */
  readonly fresh: readonly string[];
  /** How often blocks were entered, all together: a measure of work that is the same on every machine. */
  readonly steps: number;
}

/** Which blocks of some files run, as V8 counts them. One at a time in a process. */
export class BlockCoverage implements Disposable {
  readonly #session = new Session();
  readonly #watches: RegExp;
  readonly #known = new Set<string>();

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
    const fresh: string[] = [];
    let steps = 0;
    for (const { url, functions } of scripts) {
      if (!this.#watches.test(url)) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count === 0) continue;
          steps += count;
          const block = `${url} ${startOffset} ${endOffset}`;
          if (!this.#known.has(block)) fresh.push(block);
        }
      }
    }
    return { fresh, steps };
  }

  /** These are no news from now on. */
  learn(blocks: readonly string[]): void {
    for (const block of blocks) this.#known.add(block);
  }

  [Symbol.dispose](): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }
}
