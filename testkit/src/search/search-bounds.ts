/** How long a test looks for what it does not expect, and where it begins. */
export interface SearchBounds {
  /** 32 bits: the same seed looks at the same things in the same order. */
  readonly seed: number;
  /** From the first time that it is asked. */
  isTimeLeft(): boolean;
}

/**
 * The bounds of one search: so many seconds, and a seed of its own each time, so that runs look at different places.
 * `SEARCH_SECONDS` and `SEARCH_SEED` of the environment have the last word: the one for a long search, the other to see again
 * what one found. (Not with our prefix: to the server an unknown setting is a fault.)
 */
export function searchBounds(seconds: number, environment: NodeJS.ProcessEnv = process.env): SearchBounds {
  const given = environment["SEARCH_SECONDS"];
  const limitMs = (given === undefined ? seconds : Number(given)) * 1000;
  const wanted = environment["SEARCH_SEED"];
  const seed = wanted === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(wanted);
  if (!Number.isFinite(limitMs) || !Number.isInteger(seed))
    throw new Error("SEARCH_SECONDS and SEARCH_SEED are numbers");
  let end: number | undefined;
  return {
    seed: seed | 0,
    isTimeLeft: () => {
      const now = performance.now();
      end ??= now + limitMs;
      return now < end;
    },
  };
}
