import { placeOrder } from "@pomona/contract";
import { eventually } from "./stage.ts";
import { deviceOf, expect, finished, macOnline, runOrder, type Walk } from "./walk.ts";

/** A script that leaves a mark each time it runs, so that running twice is seen. */
const countingScript = (file: string): string => `#!/bin/sh\necho ran >> '${file}'\nwc -l < '${file}'\n`;

/** A network that lets no MQTT through: the safety net brings the order. */
export const orderByNet: Walk = {
  name: "order by the safety net",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    mac.blockMqtt(true);
    await eventually(
      "the wire is known to be down",
      () => deviceOf(stage, mac, (item) => item.agent.channels.wire.health === "down"),
      60_000,
    );
    const { order, ms } = await runOrder(stage, deviceId, { type: "ping" });
    expect(order.state === "succeeded", "the order succeeds");
    expect(order.path.arrivedBy === "net", `it came by the net, not ${String(order.path.arrivedBy)}`);
    const again: number[] = [ms];
    for (let i = 0; i < 4; i += 1) again.push((await runOrder(stage, deviceId, { type: "ping" })).ms);
    const slowest = Math.max(...again);
    expect(slowest < 2000, `an order arrives within 2 s with MQTT blocked, took ${slowest} ms`);
    mac.blockMqtt(false);
    await eventually(
      "the wire is up again",
      () => deviceOf(stage, mac, (item) => item.agent.channels.wire.health === "up"),
      90_000,
    );
    return { netOrderMaxMs: slowest };
  },
};

/** The agent's process is not there: a push through MDM changes its settings, and launchd starts it. */
export const orderByWake: Walk = {
  name: "order by the wake-up",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    await mac.stopAgent();
    await eventually("the agent is known to be gone", () => deviceOf(stage, mac, (item) => !item.agent.online));
    const { order, ms } = await runOrder(stage, deviceId, { type: "ping" });
    expect(order.state === "succeeded", "the order succeeds");
    expect(
      order.path.tried.some(({ channel }) => channel === "wake"),
      "the wake-up was tried",
    );
    expect(ms < 5000, `a stopped agent is started by a push within 5 s, took ${ms} ms`);
    return { wakeOrderMs: ms };
  },
};

/** All three ways at once: the first arrival counts, the script runs once. */
export const orderByAll: Walk = {
  name: "order by all ways at once",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    let slowest = 0;
    for (let i = 0; i < 5; i += 1) {
      const mark = `${stage.folder}/ran-${deviceId}-${i}`;
      const begun = performance.now();
      const { id } = await stage.api.call(placeOrder, {
        deviceId,
        type: "run-script",
        input: { script: countingScript(mark) },
        urgent: true,
      });
      const order = await finished(stage, id);
      slowest = Math.max(slowest, performance.now() - begun);
      expect(order.path.tried.length >= 2, `several ways were tried, not ${JSON.stringify(order.path.tried)}`);
      expect(order.result?.output.trim() === "1", `it ran once, not ${order.result?.output.trim()} times`);
    }
    await mac.mdm.connect();
    return { racedOrderMaxMs: slowest };
  },
};
