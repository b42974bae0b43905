/** At most so many of one kind per key and time; in memory, bounded, and forgotten when the process ends. */
export class RateLimit {
  readonly #most: number;
  readonly #perMs: number;
  readonly #mostKeys: number;
  readonly #counts = new Map<string, { count: number; readonly endsAt: number }>();

  constructor(most: number, perMs: number, mostKeys = 10_000) {
    this.#most = most;
    this.#perMs = perMs;
    this.#mostKeys = mostKeys;
  }

  /** Counts one. @returns 0, or in how many seconds to come again */
  take(key: string, now: number): number {
    const held = this.#counts.get(key);
    if (held === undefined || held.endsAt <= now) {
      // The oldest goes: who fills the table with addresses of its own only forgets its own counts and those of the idle.
      this.#counts.delete(key);
      if (this.#counts.size >= this.#mostKeys) this.#counts.delete(this.#counts.keys().next().value!);
      this.#counts.set(key, { count: 1, endsAt: now + this.#perMs });
      return 0;
    }
    if (held.count >= this.#most) return Math.max(1, Math.ceil((held.endsAt - now) / 1000));
    held.count += 1;
    return 0;
  }
}
