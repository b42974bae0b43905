/** Delays between starts of a process that dies: doubled up to a cap, and back to the first once it has lived for `healthyMs`. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly capMs: number;
  readonly healthyMs: number;
}

export const DEFAULT_BACKOFF: BackoffLimits = { firstMs: 250, capMs: 30_000, healthyMs: 60_000 };

/** The delay before the next start, told how long the last life was. */
export function backoff(limits: BackoffLimits = DEFAULT_BACKOFF): (livedMs: number) => number {
  let next = limits.firstMs;
  return (livedMs) => {
    if (livedMs >= limits.healthyMs) next = limits.firstMs;
    const delay = next;
    next = Math.min(limits.capMs, next * 2);
    return delay;
  };
}
