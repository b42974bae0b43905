import assert from "node:assert/strict";
import { test } from "node:test";
import type { Lane } from "@pomona/agent-protocol";
import { silentLog } from "./log.ts";
import { createOutbox } from "./outbox.ts";
import { createMemoryStore } from "./store/memory-store.ts";

test("messages of one turn are pumped once per lane after it, and one that does not fit the protocol never waits", async () => {
  const store = createMemoryStore();
  const pumped: Lane[] = [];
  const outbox = createOutbox(store, (lane) => pumped.push(lane), silentLog);
  for (const orderId of ["a", "b"]) outbox.control("receipt", { orderId, channel: "wire", at: 1 });
  outbox.control("receipt", { orderId: "x".repeat(100), channel: "wire", at: 1 });
  outbox.telemetry("facts", { at: 1, facts: {} });
  const application = { name: "\u0001".repeat(250), bundleId: "", version: "", path: "" };
  outbox.telemetry("facts", { at: 1, facts: {}, applications: Array.from({ length: 200 }, () => application) });
  assert.deepEqual(pumped, []);
  await Promise.resolve();
  assert.deepEqual(pumped, ["control", "telemetry"]);
  assert.equal(store.spool.count(), 3);
});
