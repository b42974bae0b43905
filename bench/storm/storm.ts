import { startApnsReceiver } from "@pomona/testkit";
import { makeIdentityKeys } from "../check-in/identity-keys.ts";
import { progress } from "../figures/progress.ts";
import { percentile, rounded } from "../figures/statistics.ts";
import { callApi } from "../processes/call-api.ts";
import { startChild } from "../processes/child.ts";
import { canPin, LOADING_CORE, pin } from "../processes/pinning.ts";
import { openScratch } from "../processes/scratch.ts";
import type { StepShare } from "../processes/step-shares.ts";
import { measureBare } from "./bare-enrollment.ts";
import { type ReadyMac, readyMacs } from "./ready-macs.ts";

const SERVER = new URL("../processes/server-process.ts", import.meta.url);
/** Enrollments begun in a second; they begin by the clock, however long the ones before take. */
const PER_SECOND = 100;
const WARM_UP = 100;

/** `ratio`: server CPU per enrollment as a multiple of what its cryptography and connection cost on a bare server. */
export interface StormFigures {
  readonly enrollments: number;
  readonly pinned: boolean;
  readonly begunPerSecond: number;
  /** From the first that began to the last that ended. */
  readonly donePerSecond: number;
  /** From the TCP connect until the TokenUpdate is answered. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuMsPerEnrollment: number;
  readonly bareCpuMsPerEnrollment: number;
  readonly ratio: number;
  /** CPU of the simulated Macs, which have a core of their own. */
  readonly macsCpuMsPerEnrollment: number;
  readonly steps: readonly StepShare[];
}

/**
 * Complete enrollments at a fixed rate for a minute: a TLS connection of its own, SCEP, Authenticate, TokenUpdate. Keys and
 * profiles are made before; what follows an enrollment in the server (first commands, pushes) is part of its cost.
 */
export async function measureStorm({ short }: { readonly short: boolean }): Promise<StormFigures> {
  const count = PER_SECOND * (short ? 10 : 60);
  using scratch = openScratch();
  const apns = await startApnsReceiver();
  const server = startChild(SERVER);
  try {
    const keys = await makeIdentityKeys(count + 2 * WARM_UP);
    const door = await server.ask({
      ask: "serve",
      dataDir: scratch.folder,
      apns: { url: apns.url, ca: apns.authority.rootPem },
    });
    const macs = await readyMacs(callApi(door), door, apns, keys);
    progress(`${macs.length} Macs have their profiles`);
    pin(process.pid, LOADING_CORE);
    await storm(macs.slice(0, WARM_UP));
    const before = await server.ask({ ask: "usage" });
    const ownBefore = process.cpuUsage();
    const { millis, seconds } = await storm(macs.slice(WARM_UP, WARM_UP + count));
    const own = process.cpuUsage(ownBefore);
    const after = await server.ask({ ask: "usage" });
    progress(`${count} enrollments in ${seconds.toFixed(1)} s`);
    await server.ask({ ask: "profile" });
    await storm(macs.slice(WARM_UP + count));
    const steps = await server.ask({ ask: "shares", keepAs: "storm" });
    const enrolled = await countEnrolled(callApi(door));
    if (enrolled !== macs.length) throw new Error(`${macs.length} enrollments were answered, ${enrolled} are there`);
    const bareCpuMs = await measureBare(keys[0]!);
    const serverCpuMs = (after.cpuMs - before.cpuMs) / count;
    return {
      enrollments: count,
      pinned: canPin,
      begunPerSecond: PER_SECOND,
      donePerSecond: rounded(count / seconds),
      p50Ms: rounded(percentile(millis, 0.5)),
      p99Ms: rounded(percentile(millis, 0.99)),
      serverCpuMsPerEnrollment: rounded(serverCpuMs),
      bareCpuMsPerEnrollment: rounded(bareCpuMs),
      ratio: rounded(serverCpuMs / bareCpuMs),
      macsCpuMsPerEnrollment: rounded((own.user + own.system) / 1000 / count),
      steps,
    };
  } finally {
    await server.stop();
    await apns.stop();
  }
}

/** Begins one enrollment after another by the clock. @throws what the first that failed says */
async function storm(macs: readonly ReadyMac[]): Promise<{ millis: Float64Array; seconds: number }> {
  const millis = new Float64Array(macs.length);
  const beganAt = performance.now();
  const running: Promise<void>[] = [];
  for (const [at, mac] of macs.entries()) {
    const dueIn = beganAt + (at * 1000) / PER_SECOND - performance.now();
    if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn));
    const sentAt = performance.now();
    running.push(
      mac.enroll().then(() => {
        millis[at] = performance.now() - sentAt;
      }),
    );
  }
  await Promise.all(running);
  return { millis, seconds: (performance.now() - beganAt) / 1000 };
}

async function countEnrolled(call: ReturnType<typeof callApi>): Promise<number> {
  return (await call<{ enrolled: number }>("GET", "/fleet")).enrolled;
}
