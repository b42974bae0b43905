/** How many kills a Mac may see before a rule that ran away is turned into reports. */
export interface KillBudgetLimits {
  readonly kills: number;
  readonly windowMs: number;
}

/** A day of honest hits stays far below; a rule that blocks a helper which is started again and again does not. */
export const DEFAULT_KILL_BUDGET: KillBudgetLimits = { kills: 30, windowMs: 60_000 };

/** Counts kills in a sliding window. A refusal begins a spell, of which one notice is given; the spell ends when the window has room again. */
export class KillBudget {
  readonly #limits: KillBudgetLimits;
  #spent: number[] = [];
  #exhausted = false;

  constructor(limits: KillBudgetLimits = DEFAULT_KILL_BUDGET) {
    this.#limits = limits;
  }

  /** Takes one kill out of the budget. `notice` is true for the first refusal of a spell. @param now milliseconds, monotonic */
  take(now: number): { readonly granted: boolean; readonly notice: boolean } {
    this.#spent = this.#spent.filter((at) => at > now - this.#limits.windowMs);
    if (this.#spent.length < this.#limits.kills) {
      this.#spent.push(now);
      this.#exhausted = false;
      return { granted: true, notice: false };
    }
    const notice = !this.#exhausted;
    this.#exhausted = true;
    return { granted: false, notice };
  }
}
