import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, openStage } from "./stage.ts";
import { deviceOf, macOnline } from "./walk.ts";

test("walk: a Mac that unenrolls takes its agent along, for good; when it enrolls again, the agent comes again", {
  timeout: 180_000,
}, async () => {
  await using stage = await openStage();
  const { mac, deviceId } = await macOnline(stage, { agentMode: "in-process" });
  await mac.unenroll();
  await eventually("the agent is neither installed nor online", () =>
    deviceOf(stage, mac, ({ agent, mdm }) => !mdm.enrolled && !agent.installed && !agent.online),
  );
  const agent = mac.body.agent;
  assert.ok(agent);
  await eventually("the wire is cut", () => (agent.status().wire === "up" ? undefined : true));
  // Long enough for its first attempts, which come within a second.
  for (let look = 0; look < 15; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.notEqual(agent.status().wire, "up");
  }
  assert.equal((await deviceOf(stage, mac))?.agent.online, false);
  await mac.enroll(await stage.invitation(), { ca: stage.ca });
  const device = await eventually(
    "the agent comes again",
    () => deviceOf(stage, mac, (item) => item.agent.online && item.agent.installed),
    60_000,
  );
  assert.equal(device.id, deviceId);
});
