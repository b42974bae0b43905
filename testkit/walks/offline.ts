import { placeOrder, showOrder } from "@pomona/contract";
import { blockMiner, MINER } from "./exec-to-incident.ts";
import { eventually } from "./stage.ts";
import { deviceOf, expect, finished, incidentsOf, macOnline, type Walk } from "./walk.ts";

/** A Mac without a network enforces what it holds, and tells everything when it is back; orders wait for it. */
export const offlineAndBack: Walk = {
  name: "offline and back",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    await blockMiner(stage, 1);
    mac.blockMqtt(true);
    mac.blockHttps(true);
    await eventually("it is offline", () => deviceOf(stage, mac, (item) => !item.agent.online), 60_000);
    const { id } = await stage.api.call(placeOrder, {
      deviceId,
      type: "run-script",
      input: { script: "#!/bin/sh\necho late\n" },
    });
    const deaths: (string | undefined)[] = [];
    for (let i = 0; i < 3; i += 1) deaths.push((await (await mac.launchApp(MINER)).exited).signal);
    expect(
      deaths.every((signal) => signal === "SIGKILL"),
      `the rule holds offline: ${deaths.join()}`,
    );
    expect((await incidentsOf(stage, deviceId)).length === 0, "nothing was told yet");
    expect(
      !["succeeded", "failed"].includes((await stage.api.call(showOrder, { orderId: id })).state),
      "the order waits",
    );
    const backAt = performance.now();
    mac.blockMqtt(false);
    mac.blockHttps(false);
    const order = await finished(stage, id, 90_000);
    expect(order.state === "succeeded" && /late/.test(order.result?.output ?? ""), "the order ran when it was back");
    const incidents = await eventually("the spooled incidents arrive", async () => {
      const items = await incidentsOf(stage, deviceId);
      return items.length >= 3 ? items : undefined;
    });
    expect(incidents.length === 3, `each incident once, not ${incidents.length}`);
    return { caughtUpMs: performance.now() - backAt };
  },
};
