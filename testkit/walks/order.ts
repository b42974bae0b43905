import { openEcho } from "@pomona/contract";
import { eventually } from "./stage.ts";
import { deviceOf, expect, macOnline, median, runOrder, type Walk } from "./walk.ts";

/** Orders over the live wire: a script with its output, facts, a ping's round trip, the live lane. */
export const order: Walk = {
  name: "order",
  walk: async (stage) => {
    const { mac, deviceId } = await macOnline(stage);
    const script = "#!/bin/sh\necho hello from $1\necho trouble >&2\nexit 3\n";
    const run = await runOrder(stage, deviceId, { type: "run-script", input: { script, arguments: ["walk"] } });
    expect(run.order.state === "failed" && run.order.result?.exitCode === 3, "the script's exit code is told");
    expect(/hello from walk/.test(run.order.result?.output ?? ""), "its output is told");
    expect(/trouble/.test(run.order.result?.output ?? ""), "its errors are told");
    // An agent that has just started asks over the net as well, and may be handed its first order there.
    const ways: unknown[] = [run.order.path.arrivedBy];
    while (!ways.includes("wire") && ways.length < 5)
      ways.push((await runOrder(stage, deviceId, { type: "ping" })).order.path.arrivedBy);
    expect(ways.includes("wire"), `orders come by the wire (they came by ${ways.join(", ")})`);
    const slow = await runOrder(stage, deviceId, {
      type: "run-script",
      input: { script: "#!/bin/sh\nsleep 60\n", timeoutSeconds: 1 },
    });
    expect(
      slow.order.state === "failed" && /took longer/.test(slow.order.result?.error ?? ""),
      "a script that hangs is ended",
    );
    const pings: number[] = [];
    for (let i = 0; i < 20; i += 1) pings.push((await runOrder(stage, deviceId, { type: "ping" })).ms);
    mac.model.name = "Renamed by its user";
    await runOrder(stage, deviceId, { type: "refresh-facts" });
    await eventually("the new name is known", () =>
      deviceOf(stage, mac, (item) => item.name === "Renamed by its user"),
    );
    const app = await mac.launchApp({ path: "/opt/stuck" });
    const kill = await runOrder(stage, deviceId, { type: "kill-process", input: { pid: app.pid } });
    expect(kill.order.state === "succeeded", `the process is killed (${JSON.stringify(kill.order.result)})`);
    expect((await app.exited).signal === "SIGKILL", "it died of SIGKILL");
    const echo = await stage.api.call(openEcho, { deviceId, text: "is anybody there" });
    expect(echo.text === "is anybody there", "the live lane echoes");
    return {
      scriptMs: run.ms,
      pingMedianMs: median(pings),
      echoRoundTripMs: echo.roundTripMs,
      liveOpenedMs: echo.openedInMs,
    };
  },
};
