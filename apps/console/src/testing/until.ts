import { setTimeout as wait } from "node:timers/promises";

/** Asks again until the answer is no longer undefined. @throws Error that says what was waited for */
export const until = async <Value>(
  what: string,
  ask: () => Promise<Value | undefined>,
  timeoutMs = 60_000,
): Promise<Value> => {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`still no ${what} after ${timeoutMs / 1000} s`);
    await wait(100);
  }
};
