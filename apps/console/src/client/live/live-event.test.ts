import assert from "node:assert/strict";
import { test } from "node:test";
import { readLiveEvent } from "./live-event.ts";

const NOW = "2026-11-22T12:00:00.000Z";

test("a fact is read with its id, device, time and position", () => {
  const fact = {
    id: "f",
    type: "agent.online",
    tenantId: "t",
    deviceId: "d",
    at: "2026-01-02T03:04:05.678Z",
    position: 7,
    data: { channel: "wire" },
  };
  const { tenantId: _, ...expected } = fact;
  assert.deepEqual(readLiveEvent("agent.online", JSON.stringify(fact), NOW), expected);
});

test("a message without envelope is its own data, at the time it came", () => {
  const event = readLiveEvent("order.output", JSON.stringify({ orderId: "o", seq: 1, text: "x" }), NOW);
  assert.deepEqual(event, {
    type: "order.output",
    id: null,
    deviceId: null,
    at: NOW,
    position: null,
    data: { orderId: "o", seq: 1, text: "x" },
  });
});

test("what is no JSON object is no event", () => {
  for (const text of ["", "{", "null", "[]", "7", '"x"']) assert.equal(readLiveEvent("device.seen", text, NOW), null);
});
