import type { TenantId } from "@pomona/facts";

/** Kills of one rule in one minute on the whole fleet of a tenant, beyond which it is taken for a mistake. */
export const KILLS_PER_MINUTE = 100;
const MINUTE = 60_000;
const MOST_RULES = 10_000;
const KEPT_MINUTES = 5;

/**
 * Counts kills by the minute in which they happened on the Macs, so that what a Mac reports late, after days without a
 * network, does not look like a fleet dying now.
 */
export class KillBudget {
  readonly #limit: number;
  readonly #minutes = new Map<string, Map<number, number>>();

  constructor(limit: number = KILLS_PER_MINUTE) {
    this.#limit = limit;
  }

  /** @returns whether this kill is beyond the budget */
  spend(tenantId: TenantId, ruleId: string, at: number): boolean {
    const key = `${tenantId}.${ruleId}`;
    const minutes = this.#minutes.get(key) ?? new Map<number, number>();
    this.#minutes.delete(key);
    this.#minutes.set(key, minutes);
    if (this.#minutes.size > MOST_RULES) this.#minutes.delete(this.#minutes.keys().next().value!);
    const minute = Math.floor(at / MINUTE);
    const kills = (minutes.get(minute) ?? 0) + 1;
    minutes.set(minute, kills);
    if (minutes.size > KEPT_MINUTES) minutes.delete(Math.min(...minutes.keys()));
    return kills > this.#limit;
  }
}
