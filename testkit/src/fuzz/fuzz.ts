import type { Random } from "../model/random.ts";
import { seededRandom } from "../model/random.ts";
import type { SearchBounds } from "../search/search-bounds.ts";
import { BlockCoverage } from "./block-coverage.ts";
import { Corpus } from "./corpus.ts";
import { type FuzzTarget, judge } from "./fuzz-target.ts";
import { byteMutations, MOST_BYTES } from "./mutate-bytes.ts";
import { shrink } from "./shrink.ts";
import { StuckWatch } from "./stuck-watch.ts";

export interface FuzzCounts {
  inputs: number;
  read: number;
  /** Inputs that reached blocks of code that none before them had. */
  fresh: number;
  /** The most work that one octet of an input made. */
  stepsPerByte: number;
}

/** Inputs between two looks at what ran: a look costs as much as hundreds of small inputs. */
const ROUND = 256;
/** Larger ones only make what comes of them slow. */
const MOST_KEPT_BYTES = 4096;
const DEFAULT_STEPS_PER_BYTE = 200;
const DEFAULT_STEPS = 400_000;

/**
 * Plays the corpus, then changes of it for as long as there is time; what reaches new code is changed further. Fails with the
 * input, shrunk, at the first fault. @param keeps whether new finds go to the corpus' folder (`SEARCH_KEEP=1`)
 */
export async function fuzz(
  target: FuzzTarget,
  bounds: SearchBounds,
  corpus = new Corpus(target.name),
  keeps = process.env["SEARCH_KEEP"] === "1",
): Promise<FuzzCounts> {
  await using watch = new StuckWatch(target.name);
  using coverage = new BlockCoverage(target.watches);
  const run = new Run(target, corpus, bounds.seed, watch, coverage);
  await run.learn([...target.seeds, ...corpus.read()]);
  // Faults of the corpus are found before new ones are looked for.
  const random = seededRandom(bounds.seed);
  while (bounds.isTimeLeft()) await run.round(random);
  if (keeps) corpus.replace(await run.worthKeeping());
  return run.counts;
}

class Run {
  readonly counts: FuzzCounts = { inputs: 0, read: 0, fresh: 0, stepsPerByte: 0 };
  readonly #target: FuzzTarget;
  readonly #corpus: Corpus;
  readonly #seed: number;
  readonly #watch: StuckWatch;
  readonly #coverage: BlockCoverage;
  readonly #inputs: Uint8Array[] = [];

  constructor(target: FuzzTarget, corpus: Corpus, seed: number, watch: StuckWatch, coverage: BlockCoverage) {
    this.#target = target;
    this.#corpus = corpus;
    this.#seed = seed;
    this.#watch = watch;
    this.#coverage = coverage;
  }

  /** What the corpus reaches is known from now on. */
  async learn(inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) await this.#play(input);
    const ran = this.#workOf(inputs);
    this.#coverage.learn(ran);
    this.#inputs.push(...inputs);
    if (ran.isTooMuch) await this.#explore(inputs);
  }

  async round(random: Random): Promise<void> {
    await this.#explore(Array.from({ length: ROUND }, () => this.#changed(random)));
  }

  /** Plays inputs; where some of them were worth it, or worked too long, each half again, until it is known which. */
  async #explore(inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) await this.#play(input);
    const ran = this.#workOf(inputs);
    const [input] = inputs;
    if (input === undefined || (!ran.isNews && !ran.isTooMuch)) return;
    if (inputs.length > 1) {
      const half = Math.ceil(inputs.length / 2);
      await this.#explore(inputs.slice(0, half));
      return this.#explore(inputs.slice(half));
    }
    this.#coverage.learn(ran);
    this.counts.fresh += 1;
    if (input.length <= MOST_KEPT_BYTES) this.#inputs.push(input);
  }

  /** The fewest small inputs that reach all that was reached beyond the seeds. */
  async worthKeeping(): Promise<readonly Uint8Array[]> {
    using coverage = new BlockCoverage(this.#target.watches);
    for (const seed of this.#target.seeds) {
      await judge(this.#target, seed);
      coverage.learn(coverage.take());
    }
    const kept: Uint8Array[] = [];
    const others = this.#inputs.slice(this.#target.seeds.length).toSorted((a, b) => a.length - b.length);
    for (const input of others) {
      await judge(this.#target, input);
      const ran = coverage.take();
      if (!ran.isNews) continue;
      coverage.learn(ran);
      kept.push(input);
    }
    return kept;
  }

  async #play(input: Uint8Array): Promise<void> {
    this.counts.inputs += 1;
    this.#watch.begin(input);
    const outcome = await judge(this.#target, input);
    this.#watch.end();
    if (outcome.is === "read") this.counts.read += 1;
    if (outcome.is !== "fault") return;
    const small = await shrink(input, async (candidate) => {
      const again = await judge(this.#target, candidate);
      return again.is === "fault" && again.kind === outcome.kind;
    });
    this.#fail(small, String(outcome.error), outcome.error);
  }

  /** Looks at what some inputs made run. */
  #workOf(inputs: readonly Uint8Array[]) {
    const ran = this.#coverage.take();
    const bytes = inputs.reduce((sum, input) => sum + Math.max(64, input.length), 0);
    this.counts.stepsPerByte = Math.max(this.counts.stepsPerByte, Math.round(ran.steps / Math.max(1, bytes)));
    const isTooMuch = ran.steps > inputs.reduce((sum, input) => sum + this.#stepsFor(input), 0);
    if (isTooMuch && inputs.length === 1)
      this.#fail(inputs[0]!, `${ran.steps} blocks of code ran, more than its size allows`);
    return { ...ran, isTooMuch };
  }

  #stepsFor(input: Uint8Array): number {
    const { stepsAtLeast = DEFAULT_STEPS, stepsPerByte = DEFAULT_STEPS_PER_BYTE } = this.#target;
    return stepsAtLeast + stepsPerByte * input.length;
  }

  #fail(input: Uint8Array, what: string, cause?: unknown): never {
    const { name } = this.#target;
    const file = process.env["SEARCH_KEEP"] === "1" ? ` It is kept as ${this.#corpus.keepFound(input)}.` : "";
    const hex = Buffer.from(input).toString("hex");
    throw new Error(
      `${name}: ${what}\nSEARCH_SEED=${this.#seed}, ${input.length} bytes: ${hex}\n` +
        `To keep the input in fixtures/fuzz/${name} run with SEARCH_KEEP=1.${file}`,
      { cause },
    );
  }

  #changed(random: Random): Uint8Array {
    const some = (): Uint8Array => this.#inputs[random.integer(0, this.#inputs.length - 1)] ?? new Uint8Array();
    const { mutations } = this.#target;
    let bytes = some();
    for (let times = random.pick([1, 1, 2, 3, 5]); times > 0; times--) {
      const pool = mutations.length > 0 && random.chance(0.6) ? mutations : byteMutations;
      const changed = pool[random.integer(0, pool.length - 1)]!(bytes, random, some());
      if (changed.length <= MOST_BYTES) bytes = changed;
    }
    return bytes;
  }
}
