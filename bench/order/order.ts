import { bringAgents } from "../agents/agent-fleet.ts";
import type { LightAgent } from "../agents/light-agent.ts";
import { openAgents } from "../agents/open-agents.ts";
import { progress } from "../figures/progress.ts";
import { median, medians, percentile, rounded } from "../figures/statistics.ts";
import { callApi } from "../processes/call-api.ts";
import { type Child, startChild } from "../processes/child.ts";
import { canPin, LOADING_CORE, pin } from "../processes/pinning.ts";
import { openScratch } from "../processes/scratch.ts";
import type { StepShare } from "../processes/step-shares.ts";
import { type Echo, startEcho } from "./echo.ts";
import { OrderCourier, type OrderTimes } from "./order-courier.ts";

const SERVER = new URL("../processes/server-process.ts", import.meta.url);
const FLOOD = new URL("./flood-process.ts", import.meta.url);
const AGENTS = 1000;
const FLOODING_AGENTS = 250;
const FLOOD_PER_SECOND = 5000;
const PAUSE_MS = 5;

/** From the POST of an order until its outcome is committed and acknowledged to the agent. */
export interface OrderFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Until the 202, and until it is with the agent. */
  readonly acceptedP50Ms: number;
  readonly arrivedP50Ms: number;
  readonly arrivedP99Ms: number;
  /** The bare way there and back, in the same minute, and the quotient of the medians. */
  readonly referenceP50Ms: number;
  readonly referenceP99Ms: number;
  readonly ratio: number;
}

export interface OrderBenchmark {
  readonly agents: number;
  readonly pinned: boolean;
  readonly ordersPerRun: number;
  readonly quiet: OrderFigures;
  readonly flood: OrderFigures & { readonly telemetryPerSecond: number };
  readonly quietP99Ms: number;
  readonly floodP99Ms: number;
  /** (flood p99 - quiet p99) / quiet p99, the median over the runs. */
  readonly floodChangesP99By: number;
  /** Of the server, for each message of the flood, and where it goes. */
  readonly telemetryCpuUsPerMessage: number;
  readonly telemetrySteps: readonly StepShare[];
}

/** Orders one after another to 1,000 connected agents, in turn quiet and under a flood of telemetry. */
export async function measureOrder({ short }: { readonly short: boolean }): Promise<OrderBenchmark> {
  const ordersPerRun = short ? 150 : 1000;
  using scratch = openScratch();
  const agents = await bringAgents(SERVER, scratch.folder, AGENTS);
  pin(process.pid, LOADING_CORE);
  const server = startChild(SERVER);
  const flood = startChild(FLOOD);
  pin(flood.pid, LOADING_CORE);
  const door = await server.ask({ ask: "serve", dataDir: scratch.folder });
  const echo = await startEcho(agents[0]!, door.ca, scratch.folder);
  try {
    const courier = new OrderCourier(callApi(door));
    const byDevice = new Map<string, LightAgent>();
    const take = (deviceId: string, message: string, body: unknown): void => {
      const agent = byDevice.get(deviceId);
      if (agent !== undefined) void courier.take(agent, message, body);
    };
    const open = await openAgents(agents, door, "control", 50, (agent, message, body) =>
      take(agent.deviceId, message, body),
    );
    for (const agent of open) byDevice.set(agent.agent.deviceId, agent);
    progress(`${AGENTS} agents are connected`);
    const series = (count: number) => orderSeries(courier, echo, [...byDevice.keys()], count);
    await series(ordersPerRun);
    const flooding = { agents: agents.slice(0, FLOODING_AGENTS), door };
    await flood.ask({ ask: "flood", ...flooding });
    const runs: { quiet: OrderFigures; flood: OrderFigures & { telemetryPerSecond: number } }[] = [];
    for (let run = 1; run <= (short ? 3 : 5); run++) {
      const quiet = await series(ordersPerRun);
      await flood.ask({ ask: "rate", perSecond: FLOOD_PER_SECOND });
      await pause(1000);
      const takenBefore = await flood.ask({ ask: "taken" });
      const beganAt = performance.now();
      const flooded = await series(ordersPerRun);
      const taken = (await flood.ask({ ask: "taken" })) - takenBefore;
      const telemetryPerSecond = (taken * 1000) / (performance.now() - beganAt);
      await flood.ask({ ask: "rate", perSecond: 0 });
      await pause(500);
      runs.push({ quiet, flood: { ...flooded, telemetryPerSecond } });
      progress(
        `run ${run}: p99 ${rounded(quiet.p99Ms)} ms quiet, ${rounded(flooded.p99Ms)} ms under ${rounded(telemetryPerSecond)} messages/s`,
      );
    }
    const telemetry = await profileTelemetry(server, flood);
    const quiet = medians(runs.map((one) => ({ ...one.quiet })));
    const flooded = medians(runs.map((one) => ({ ...one.flood })));
    const changes = runs.map((one) => (one.flood.p99Ms - one.quiet.p99Ms) / one.quiet.p99Ms);
    return {
      agents: AGENTS,
      pinned: canPin,
      ordersPerRun,
      quiet,
      flood: flooded,
      quietP99Ms: quiet.p99Ms,
      floodP99Ms: flooded.p99Ms,
      floodChangesP99By: rounded(median(changes)),
      ...telemetry,
    };
  } finally {
    await Promise.all([flood.stop(), echo.stop()]);
    await server.stop();
  }
}

/** Two seconds of nothing but telemetry. */
async function profileTelemetry(
  server: Child,
  flood: Child,
): Promise<Pick<OrderBenchmark, "telemetryCpuUsPerMessage" | "telemetrySteps">> {
  await flood.ask({ ask: "rate", perSecond: FLOOD_PER_SECOND });
  await pause(500);
  const before = { taken: await flood.ask({ ask: "taken" }), usage: await server.ask({ ask: "usage" }) };
  await pause(2000);
  const after = { taken: await flood.ask({ ask: "taken" }), usage: await server.ask({ ask: "usage" }) };
  await server.ask({ ask: "profile" });
  await pause(2000);
  const telemetrySteps = await server.ask({ ask: "shares", keepAs: "telemetry" });
  const cpuUs = (after.usage.cpuMs - before.usage.cpuMs) * 1000;
  return { telemetryCpuUsPerMessage: rounded(cpuUs / (after.taken - before.taken)), telemetrySteps };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Orders and reference take turns. */
async function orderSeries(
  courier: OrderCourier,
  echo: Echo,
  deviceIds: readonly string[],
  count: number,
): Promise<OrderFigures> {
  const times: OrderTimes[] = [];
  const bare: number[] = [];
  for (let number = 0; number < count; number++) {
    times.push(await courier.order(deviceIds[(number * 37) % deviceIds.length]!));
    await pause(PAUSE_MS);
    bare.push(await echo.once());
    await pause(PAUSE_MS);
  }
  const acknowledged = times.map((one) => one.acknowledgedMs);
  const arrived = times.map((one) => one.arrivedMs);
  return {
    p50Ms: median(acknowledged),
    p99Ms: percentile(acknowledged, 0.99),
    acceptedP50Ms: median(times.map((one) => one.acceptedMs)),
    arrivedP50Ms: median(arrived),
    arrivedP99Ms: percentile(arrived, 0.99),
    referenceP50Ms: median(bare),
    referenceP99Ms: percentile(bare, 0.99),
    ratio: median(acknowledged) / median(bare),
  };
}
