/** More changes than this within the window are no renewal any more. */
const MOST_CHANGES = 5;
const WINDOW_MS = 3_600_000;
/** How often a Mac is woken whose token changes again and again, in ms. */
const GAP_MS = 300_000;
/** It is named once in this time. */
const NAMED_EVERY_MS = 86_400_000;
const MOST_HELD = 10_000;

interface Watched {
  changes: number[];
  namedAt: number;
  wokenAt: number;
}

/**
 * Macs whose push token changes again and again: two Macs that share one identity, a restored image, a broken keychain.
 * Each change would be a reason to push; such a Mac is named once and woken rarely. Memory is bounded.
 */
export class FlappingTokens {
  readonly #watched = new Map<string, Watched>();

  /** @returns how many changes there were, when it is to be named now */
  noteChange(key: string, now: number): number | undefined {
    const watched = this.#watched.get(key) ?? { changes: [], namedAt: -Infinity, wokenAt: -Infinity };
    watched.changes = [...watched.changes.filter((at) => at > now - WINDOW_MS), now].slice(-MOST_CHANGES - 1);
    // Set anew, so that the oldest of the map is the one that was quiet for longest.
    this.#watched.delete(key);
    this.#watched.set(key, watched);
    if (this.#watched.size > MOST_HELD) this.#watched.delete(this.#watched.keys().next().value!);
    if (watched.changes.length <= MOST_CHANGES || now - watched.namedAt < NAMED_EVERY_MS) return undefined;
    watched.namedAt = now;
    return watched.changes.length;
  }

  /** From when on it may be woken again, in ms; 0 for a Mac that behaves. */
  notBefore(key: string, now: number): number {
    const watched = this.#watched.get(key);
    if (watched === undefined) return 0;
    const recent = watched.changes.filter((at) => at > now - WINDOW_MS).length;
    return recent > MOST_CHANGES ? watched.wokenAt + GAP_MS : 0;
  }

  noteWake(key: string, now: number): void {
    const watched = this.#watched.get(key);
    if (watched !== undefined) watched.wokenAt = now;
  }
}
