import type { DeviceId } from "@pomona/facts";

/** Long polls that are held open, by device. */
export class NetPolls {
  readonly #waiting = new Map<DeviceId, Set<() => void>>();

  isWaiting(deviceId: DeviceId): boolean {
    return this.#waiting.has(deviceId);
  }

  /** Makes the polls of a device look for work now. */
  nudge(deviceId: DeviceId): void {
    for (const wake of [...(this.#waiting.get(deviceId) ?? [])]) wake();
  }

  /** Answers all polls, empty. */
  endAll(): void {
    for (const deviceId of [...this.#waiting.keys()]) this.nudge(deviceId);
  }

  /** Resolves at a nudge, after `ms`, or when the caller went away. */
  wait(deviceId: DeviceId, ms: number, signal: AbortSignal): Promise<"nudged" | "over"> {
    return new Promise((resolve) => {
      const end = (reason: "nudged" | "over") => {
        clearTimeout(timer);
        signal.removeEventListener("abort", gone);
        const waiting = this.#waiting.get(deviceId);
        waiting?.delete(nudged);
        if (waiting?.size === 0) this.#waiting.delete(deviceId);
        resolve(reason);
      };
      const nudged = () => end("nudged");
      const gone = () => end("over");
      const timer = setTimeout(gone, ms);
      signal.addEventListener("abort", gone, { once: true });
      let waiting = this.#waiting.get(deviceId);
      if (waiting === undefined) this.#waiting.set(deviceId, (waiting = new Set()));
      waiting.add(nudged);
      if (signal.aborted) gone();
    });
  }
}
