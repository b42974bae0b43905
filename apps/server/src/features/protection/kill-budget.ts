import type { DeviceId, TenantId } from "@pomona/facts";

/** Kills of one rule in one minute on the whole fleet of a tenant, beyond which it is taken for a mistake. */
export const KILLS_PER_MINUTE = 100;
const MINUTE = 60_000;
const MOST_RULES = 10_000;
const KEPT_MINUTES = 5;
/** So much of the budget one Mac can use up: a single one, mistaken or lying, does not disarm a rule for all. */
const SHARE_OF_ONE = 1 / 3;

interface Minute {
  counted: number;
  readonly byDevice: Map<DeviceId, number>;
}

/**
 * Counts kills by the minute in which they happened on the Macs, so that what a Mac reports late, after days without a
 * network, does not look like a fleet dying now. What one Mac does beyond its share is for its own budget to stop.
 */
export class KillBudget {
  readonly #limit: number;
  readonly #share: number;
  readonly #rules = new Map<string, Map<number, Minute>>();

  constructor(limit: number = KILLS_PER_MINUTE) {
    this.#limit = limit;
    this.#share = Math.max(1, Math.ceil(limit * SHARE_OF_ONE));
  }

  /** @returns whether this kill is beyond the budget */
  spend(tenantId: TenantId, ruleId: string, deviceId: DeviceId, at: number): boolean {
    const minute = this.#minute(`${tenantId}.${ruleId}`, Math.floor(at / MINUTE));
    const ofThisMac = (minute.byDevice.get(deviceId) ?? 0) + 1;
    minute.byDevice.set(deviceId, ofThisMac);
    if (ofThisMac > this.#share) return false;
    minute.counted += 1;
    return minute.counted > this.#limit;
  }

  #minute(key: string, number: number): Minute {
    const minutes = this.#rules.get(key) ?? new Map<number, Minute>();
    this.#rules.delete(key);
    this.#rules.set(key, minutes);
    if (this.#rules.size > MOST_RULES) this.#rules.delete(this.#rules.keys().next().value!);
    const minute = minutes.get(number) ?? { counted: 0, byDevice: new Map() };
    minutes.set(number, minute);
    if (minutes.size > KEPT_MINUTES) minutes.delete(Math.min(...minutes.keys()));
    return minute;
  }
}
