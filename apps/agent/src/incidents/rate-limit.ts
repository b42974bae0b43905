/** Keys that are remembered; the oldest window is forgotten first. */
const MAX_KEYS = 10_000;

/** So many per key and window of time. */
export interface RateLimit {
  /** Counts one, and says whether it may be. */
  allows(key: string, now: number): boolean;
}

export function createRateLimit(count: number, windowMs: number): RateLimit {
  const windows = new Map<string, { readonly since: number; used: number }>();
  return {
    allows(key, now) {
      const window = windows.get(key);
      if (window !== undefined && now - window.since < windowMs && now >= window.since) {
        window.used += 1;
        return window.used <= count;
      }
      windows.delete(key);
      windows.set(key, { since: now, used: 1 });
      if (windows.size > MAX_KEYS) {
        for (const oldest of windows.keys()) {
          windows.delete(oldest);
          break;
        }
      }
      return count > 0;
    },
  };
}
