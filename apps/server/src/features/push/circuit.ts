/** Gaps between tries while something is broken, in ms; the last one stays. */
const GAPS = {
  /** Someone has to act: knocking more often helps nobody, and Apple dislikes it. */
  alarm: [60_000, 300_000, 900_000, 3_600_000],
  /** It passes by itself. */
  retry: [2000, 5000, 15_000, 60_000, 300_000, 900_000],
} as const;

export type Trouble = keyof typeof GAPS;

/**
 * Keeps a tenant's pushes back while none can go through. After each gap one push tries; the others wait.
 * closed -failure-> open -gap over, one try-> closed or open with a longer gap.
 */
export class Circuit {
  #trouble: Trouble | undefined;
  #failures = 0;
  #nextTryAt = 0;

  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** When the next push tries, in ms; undefined while all is well. */
  get nextTryAt(): number | undefined {
    return this.#trouble === undefined ? undefined : this.#nextTryAt;
  }

  /** Whether a push may go now. While open, one caller per gap gets a yes. */
  mayTry(now: number): boolean {
    if (this.#trouble === undefined) return true;
    if (now < this.#nextTryAt) return false;
    this.#nextTryAt = now + this.#gap(this.#trouble);
    return true;
  }

  /** @returns whether this failure was the first, or a try that lengthens the gap; false for one of many at once */
  fail(as: Trouble, now: number): boolean {
    // A refused certificate stays refused while Apple is away as well.
    const trouble = this.#trouble === "alarm" ? "alarm" : as;
    const isNew = this.#trouble !== trouble;
    if (!isNew && this.#failedAt !== undefined && now < this.#failedAt + this.#gap(trouble)) return false;
    if (isNew) this.#failures = 0;
    else this.#failures += 1;
    this.#trouble = trouble;
    this.#failedAt = now;
    this.#nextTryAt = now + this.#gap(trouble);
    return true;
  }

  /** The try came to nothing that says anything: another may take its place at once. */
  giveBack(now: number): void {
    if (this.#trouble !== undefined) this.#nextTryAt = now;
  }

  /** @returns whether it was open */
  heal(): boolean {
    const wasOpen = this.#trouble !== undefined;
    this.#trouble = undefined;
    this.#failures = 0;
    this.#failedAt = undefined;
    return wasOpen;
  }

  #failedAt: number | undefined;

  #gap(trouble: Trouble): number {
    const gaps = GAPS[trouble];
    return gaps[Math.min(this.#failures, gaps.length - 1)]!;
  }
}
