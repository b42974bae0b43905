import { readFile } from "node:fs/promises";
import { placeOrder, showOrder } from "@pomona/contract";
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

/**
 * The lid is closed while an urgent order is sent by every way: the wire holds it in a socket, Apple keeps the push, and the
 * agent asks by HTTPS as soon as it is awake. All arrive at once when the lid opens; the script runs once.
 */
export const orderByAll: Walk = {
  name: "order by all ways at once",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    const times: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const mark = `${stage.folder}/ran-${deviceId}-${i}`;
      mac.sleep();
      const { id } = await stage.api.call(placeOrder, {
        deviceId,
        type: "run-script",
        input: { script: countingScript(mark) },
        urgent: true,
      });
      const tried = await eventually("the wire and the wake-up were tried", async () => {
        const ways = (await stage.api.call(showOrder, { orderId: id })).path.tried.map(({ channel }) => channel);
        return ways.includes("wire") && ways.includes("wake") ? ways : undefined;
      });
      const begun = performance.now();
      mac.wakeUp({ keepConnections: true });
      const order = await finished(stage, id);
      times.push(performance.now() - begun);
      expect(
        order.result?.output.trim() === "1",
        `it ran once, not ${order.result?.output.trim()} times (${tried.join()})`,
      );
      // Whatever is still on its way has arrived by then.
      await new Promise((resolve) => setTimeout(resolve, 2500));
      const lines = (await readFile(mark, "utf8")).trim().split("\n");
      expect(lines.length === 1, `what arrived later did not run it again, it ran ${lines.length} times`);
    }
    return { racedOrderMaxMs: Math.max(...times) };
  },
};
