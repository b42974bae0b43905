import type { Log } from "../../kernel/feature.ts";

const EVERY_MS = 10_000;

/**
 * Logs what a stranger can cause as often as he likes: the first at once, then one line in ten seconds, which says how many there
 * were. A flood does not fill the disk.
 */
export function seldom(
  log: Pick<Log, "info" | "warn">,
  level: "info" | "warn",
  event: string,
  everyMs = EVERY_MS,
): (data: Readonly<Record<string, unknown>>) => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (data) => {
    count += 1;
    const now = performance.now();
    if (now - lastAt < everyMs) return;
    lastAt = now;
    log[level](event, { ...data, count });
    count = 0;
  };
}
