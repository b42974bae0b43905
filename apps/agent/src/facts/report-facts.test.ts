import assert from "node:assert/strict";
import { test } from "node:test";
import type { FactsMessage } from "@pomona/agent-protocol";
import { silentLog } from "../log.ts";
import { createOutbox } from "../outbox.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { modelledMac } from "../testing/modelled-mac.ts";
import { DEFAULT_TIMINGS } from "../timings.ts";
import { reportFacts } from "./report-facts.ts";

test("applications that do not fit into one message are cut, and the rest is sent", async () => {
  const store = createMemoryStore();
  const { mac } = modelledMac();
  const all = Array.from({ length: 5000 }, (_, n) => ({
    name: `App ${n}`,
    bundleId: "x".repeat(200),
    version: "1",
    path: "/",
  }));
  const reporter = reportFacts({
    mac: { ...mac, applications: () => Promise.resolve(all) },
    outbox: createOutbox(store, () => {}, silentLog),
    timings: DEFAULT_TIMINGS,
    random: () => 0.5,
    now: Date.now,
    log: silentLog,
  });
  await reporter.refresh();
  const [sent] = store.spool.peek(1).map(({ body }) => JSON.parse(body) as FactsMessage);
  const count = sent?.applications?.length ?? 0;
  assert.ok(count > 500 && count < 5000);
  assert.deepEqual(sent?.applications?.at(-1), all[count - 1]);
});

test("facts are sent at the start, on request, and otherwise only when they changed by more than uptime", async () => {
  const store = createMemoryStore();
  const { mac, facts } = modelledMac();
  const reporter = reportFacts({
    mac,
    outbox: createOutbox(store, () => {}, silentLog),
    timings: { ...DEFAULT_TIMINGS, factsEvery: 5 },
    random: () => 0.5,
    now: Date.now,
    log: silentLog,
  });
  const sent = () => store.spool.peek(1000, "telemetry").map(({ body }) => JSON.parse(body) as FactsMessage);
  const count = async (wanted: number) => {
    while (sent().length < wanted) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  reporter.start();
  await count(1);
  assert.deepEqual(sent()[0]?.applications, []);
  facts.uptimeSeconds = 99;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(sent().length, 1);
  facts.name = "Another name";
  await count(2);
  assert.equal(sent()[1]?.facts.name, "Another name");
  assert.equal(sent()[1]?.applications, undefined);
  assert.deepEqual(await reporter.refresh(), { facts: 4, applications: 0 });
  assert.equal(sent().length, 3);
  reporter.stop();
});
