import { percentile } from "../figures/statistics.ts";
import type { Child } from "../processes/child.ts";
import type { KeepAliveConnection, RawAnswer } from "./keep-alive-connection.ts";

export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of the measured process, user and system. */
  readonly cpuUsPerRequest: number;
}

/** The requests of one connection, in order. */
export type Script = Iterator<Uint8Array, void>;

/**
 * Sends `count` requests over all connections, each connection one after another, and times every answer.
 * @throws Error when an answer is not as it should be, or when all scripts run out of requests
 */
export async function closedLoop(options: {
  readonly connections: readonly KeepAliveConnection[];
  readonly scripts: readonly Script[];
  readonly count: number;
  readonly measured: Child;
  readonly isGood: (answer: RawAnswer) => boolean;
}): Promise<LoadFigures> {
  const { connections, scripts, count, measured, isGood } = options;
  const millis = new Float64Array(count);
  let begun = 0;
  const before = await measured.ask({ ask: "usage" });
  const beganAt = performance.now();
  await Promise.all(
    connections.map(async (connection, index) => {
      const script = scripts[index]!;
      while (begun < count) {
        const next = script.next();
        // The others go on: connections are not equally fast.
        if (next.done === true) return;
        const place = begun++;
        const sentAt = performance.now();
        const answer = await connection.send(next.value);
        millis[place] = performance.now() - sentAt;
        if (!isGood(answer)) throw new Error(`answered ${answer.status} with ${answer.bodyLength} bytes`);
      }
    }),
  );
  if (begun < count) throw new Error("not enough requests were prepared");
  const seconds = (performance.now() - beganAt) / 1000;
  const after = await measured.ask({ ask: "usage" });
  return {
    perSecond: count / seconds,
    p50Ms: percentile(millis, 0.5),
    p99Ms: percentile(millis, 0.99),
    cpuUsPerRequest: ((after.cpuMs - before.cpuMs) * 1000) / count,
  };
}
