import type { OrderRunner } from "../order-outcome.ts";

/** Answers with the agent's clock (epoch ms) and how long it has been running (seconds). */
export function ping(now: () => number, startedAt: number): OrderRunner {
  return () =>
    Promise.resolve({
      state: "succeeded",
      data: { agentTime: now(), uptime: Math.max(0, (now() - startedAt) / 1000) },
    });
}
