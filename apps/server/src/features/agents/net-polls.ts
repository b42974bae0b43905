import type { DeviceId } from "@pomona/facts";

/** One long poll while it is held open. */
export interface HeldPoll {
  /** Resolves at a nudge, also one that came since the last wait, after `ms`, or when the caller went away. */
  wait(ms: number): Promise<"nudged" | "over">;
  end(): void;
}

const MOST_HELD = 4;

interface Held {
  isNudged: boolean;
  isReleased: boolean;
  wake: () => void;
}

/** Long polls that are held open, by device. */
export class NetPolls {
  readonly #held = new Map<DeviceId, Set<Held>>();
  #isStopped = false;

  isWaiting(deviceId: DeviceId): boolean {
    return this.#held.has(deviceId);
  }

  /** Makes the polls of a device look for work now. */
  nudge(deviceId: DeviceId): void {
    for (const held of this.#held.get(deviceId) ?? []) {
      held.isNudged = true;
      held.wake();
    }
  }

  /** Answers the polls of a device that is heard no more. */
  release(deviceId: DeviceId): void {
    for (const held of this.#held.get(deviceId) ?? []) {
      held.isReleased = true;
      held.wake();
    }
  }

  /** Answers all polls; no later one waits. */
  stop(): void {
    this.#isStopped = true;
    for (const polls of this.#held.values()) for (const held of polls) held.wake();
  }

  hold(deviceId: DeviceId, signal: AbortSignal): HeldPoll {
    const held: Held = { isNudged: false, isReleased: false, wake: () => {} };
    let polls = this.#held.get(deviceId);
    if (polls === undefined) this.#held.set(deviceId, (polls = new Set()));
    polls.add(held);
    // A Mac needs one, and has two while it changes its network; the oldest of more is answered.
    if (polls.size > MOST_HELD) for (const oldest of [...polls].slice(0, -MOST_HELD)) oldest.wake();
    return {
      wait: async (ms) => {
        if (!held.isNudged && !held.isReleased && !signal.aborted && !this.#isStopped) await waitFor(held, ms, signal);
        const { isNudged } = held;
        held.isNudged = false;
        return isNudged && !held.isReleased && !this.#isStopped ? "nudged" : "over";
      },
      end: () => {
        polls.delete(held);
        if (polls.size === 0 && this.#held.get(deviceId) === polls) this.#held.delete(deviceId);
      },
    };
  }
}

function waitFor(held: Held, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      held.wake = () => {};
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
    held.wake = end;
  });
}
