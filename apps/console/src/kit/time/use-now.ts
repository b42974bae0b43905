import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 5000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
};

/** The time in ms, moving every five seconds: one timer for all that shows an age. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => now);

/** The same without waiting for the tick: what has just happened must not lie in the future. */
export const clampToNow = (at: number, ticked: number): number => (at > ticked && at <= Date.now() ? at : ticked);
