import { Circuit } from "./circuit.ts";
import { keyOf, type Wish } from "./wishes.ts";

/** How long one token rests after "too many requests": doubled each time, in ms. */
const REST_MS = [30_000, 60_000, 120_000, 300_000, 900_000] as const;

/** What one tenant's pushes wait for: for Apple to take any again, or for a single Mac's rest to be over. */
export class Lane {
  readonly circuit = new Circuit();
  readonly #parked = new Map<string, Wish>();
  readonly #resting = new Map<string, { readonly wish: Wish; at: number; isWished: boolean; times: number }>();
  /** What the table does not know yet. */
  #unsaved: Wish[] = [];
  #wasReleased = false;

  get parkedCount(): number {
    return this.#parked.size;
  }

  /** Remembered until push works again: once per Mac, however often it is wished. */
  park(wish: Wish): void {
    const key = keyOf(wish);
    if (this.#parked.has(key)) return;
    this.#parked.set(key, wish);
    this.#unsaved.push(wish);
  }

  /** One of those that wait, to try with; it waits no longer. */
  takeOne(): Wish | undefined {
    const [first] = this.#parked;
    if (first === undefined) return undefined;
    this.#parked.delete(first[0]);
    return first[1];
  }

  /** All that wait; the table may forget them. */
  release(): readonly Wish[] {
    const wishes = [...this.#parked.values()];
    this.#parked.clear();
    this.#unsaved = [];
    this.#wasReleased = true;
    return wishes;
  }

  /** Whether this Mac rests; the wish is remembered then. */
  isResting(wish: Wish, now: number): boolean {
    const resting = this.#resting.get(keyOf(wish));
    if (resting === undefined || now >= resting.at) return false;
    resting.isWished = true;
    return true;
  }

  /** Too many pushes for this Mac: the next one goes after a rest. @param untilAt instead of the usual rest, in ms */
  rest(wish: Wish, now: number, untilAt?: number): void {
    const key = keyOf(wish);
    const times = this.#resting.get(key)?.times ?? 0;
    const at = untilAt ?? now + REST_MS[Math.min(times, REST_MS.length - 1)]!;
    this.#resting.set(key, { wish, at, isWished: true, times: times + 1 });
  }

  /** Those whose rest is over and who are wished; others are forgotten an hour after their rest. */
  rested(now: number): readonly Wish[] {
    const due: Wish[] = [];
    for (const [key, resting] of this.#resting) {
      if (now < resting.at) continue;
      if (resting.isWished) {
        resting.isWished = false;
        due.push(resting.wish);
      } else if (now - resting.at > 3_600_000) this.#resting.delete(key);
    }
    return due;
  }

  /** Changes since the last call, for the table. */
  takeChanges(): { readonly wasReleased: boolean; readonly parked: readonly Wish[] } | undefined {
    if (!this.#wasReleased && this.#unsaved.length === 0) return undefined;
    const changes = { wasReleased: this.#wasReleased, parked: this.#unsaved };
    this.#wasReleased = false;
    this.#unsaved = [];
    return changes;
  }
}
