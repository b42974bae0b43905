import type { DeviceId } from "@pomona/facts";

const WINDOW_MS = 120_000;
/** An instance that comes back after another had taken its place, this often within the window, is a second body. */
const RETURNS = 2;

interface History {
  /** Newest last. */
  readonly instances: { readonly instance: string; readonly at: number }[];
}

/**
 * Tells two living agents under one identity (a cloned Mac, a copied key) from one that restarts: a restart always
 * brings an instance that was never seen, and one that is gone does not come back.
 */
export class TwoBodies {
  readonly #histories = new Map<DeviceId, History>();

  /** @returns whether two bodies fight over this identity */
  note(deviceId: DeviceId, instance: string, now: number): boolean {
    const known = this.#histories.get(deviceId)?.instances ?? [];
    const instances = known.filter(({ at }) => now - at < WINDOW_MS);
    if (instances.at(-1)?.instance !== instance) instances.push({ instance, at: now });
    this.#histories.set(deviceId, { instances: instances.slice(-10) });
    const seen = new Set<string>();
    let returns = 0;
    for (const { instance: one } of instances) {
      if (seen.has(one)) returns += 1;
      seen.add(one);
    }
    return returns >= RETURNS;
  }

  /** After a person released the device. */
  forget(deviceId: DeviceId): void {
    this.#histories.delete(deviceId);
  }
}
