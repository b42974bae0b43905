/** Waits between attempts: a random part (full jitter) of a ceiling that doubles, so that a fleet does not return in step. */
export interface Backoff {
  /** The next wait in ms, at least `min / 10`. */
  next(): number;
  reset(): void;
}

export function createBackoff(min: number, max: number, random: () => number): Backoff {
  let ceiling = min;
  return {
    next() {
      const wait = Math.max(min / 10, random() * ceiling);
      ceiling = Math.min(max, ceiling * 2);
      return wait;
    },
    reset() {
      ceiling = min;
    },
  };
}
