/** How fast one connection may send, with room for a burst. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket with debt: whoever is too fast waits, and nothing is lost. */
export class MessageRate {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** @param now ms, monotonic. @returns ms that this message has to wait */
  take(now: number): number {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond) - 1;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / perSecond) * 1000;
  }
}
