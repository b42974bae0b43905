import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@pomona/contract";
import type { LiveEvent } from "./live-event.ts";
import { patchDevice } from "./patch-device.ts";

const UNKNOWN = { health: "unknown", lastUsedAt: null, detail: null } as const;
const device: Device = {
  id: "d",
  tenantId: "t",
  serialNumber: "C02",
  name: "Mac",
  model: "Mac14,3",
  osVersion: "26.1",
  createdAt: "2026-01-01T00:00:00.000Z",
  quarantine: null,
  mdm: {
    enrolled: true,
    lastSeenAt: null,
    enrolledAt: null,
    udid: null,
    pushable: true,
    userEnrollment: false,
    setup: null,
  },
  agent: {
    installed: false,
    online: false,
    version: null,
    lastSeenAt: null,
    channels: { wire: UNKNOWN, wake: UNKNOWN, net: UNKNOWN },
    sensor: { state: "", detail: "" },
  },
  facts: {},
  factsAt: null,
};
const AT = "2026-11-22T12:00:00.000Z";
const event = (type: LiveEvent["type"], data: LiveEvent["data"], deviceId = "d"): LiveEvent => ({
  type,
  id: "f",
  deviceId,
  at: AT,
  position: 1,
  data,
});

test("an agent that comes online shows at once, with its version", () => {
  const { agent } = patchDevice(device, event("agent.online", { channel: "wire", version: "0.2.0" }));
  assert.deepEqual([agent.installed, agent.online, agent.version, agent.lastSeenAt], [true, true, "0.2.0", AT]);
});

test("an agent that goes keeps its version", () => {
  const online = patchDevice(device, event("agent.online", { channel: "wire", version: "0.2.0" }));
  const { agent } = patchDevice(online, event("agent.offline", { reason: "vanished" }));
  assert.deepEqual([agent.installed, agent.online, agent.version], [true, false, "0.2.0"]);
});

test("a channel's health changes that channel only", () => {
  const { channels } = patchDevice(device, event("agent.channel-changed", { channel: "wake", health: "up" })).agent;
  assert.deepEqual(channels, { wire: UNKNOWN, net: UNKNOWN, wake: { health: "up", lastUsedAt: AT, detail: null } });
});

test("another Mac's event, a fact about something else and nonsense leave the very same object", () => {
  for (const other of [
    event("agent.online", { version: "1" }, "other"),
    event("rule.changed", { ruleId: "r", name: "x" }),
    event("agent.channel-changed", { channel: "pigeon", health: "up" }),
  ])
    assert.equal(patchDevice(device, other), device);
});
