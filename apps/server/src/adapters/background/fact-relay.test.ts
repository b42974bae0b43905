import assert from "node:assert/strict";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import { onFact } from "../../kernel/fact.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { Store } from "../../kernel/store.ts";
import { eventually } from "../../testing/test-agents.ts";
import { testKernel } from "../../testing/test-kernel.ts";
import { FactRelay } from "./fact-relay.ts";

const scope = systemScope(asId<"tenant">("t1"), "test");
const changed = { type: "device.changed", deviceId: asId<"device">("d1"), data: { fields: ["name"] } } as const;

test("a fact that meets a store that takes nothing is handled when the store is well again", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([]);
  const failures: string[] = [];
  const handled: number[] = [];
  let isFull = true;
  const store: Store = {
    read: (within, body) => kernel.store.read(within, body),
    write: async (within, body) => {
      if (isFull) throw new Error("the disk is full");
      return kernel.store.write(within, body);
    },
  };
  const log = { ...kernel.log, error: (event: string) => failures.push(event) };
  const handler = onFact({
    name: "test/handler",
    types: ["device.changed"],
    handle: async (_tx, { position }) => void handled.push(position),
  });
  const relay = new FactRelay(store, kernel.facts, [handler], log);
  await relay.start();
  await kernel.store.write(scope, (tx) => tx.publish(changed));
  await eventually(async () => failures.includes("relay.stuck"), "the relay gives up for now");
  isFull = false;
  await kernel.store.write(scope, (tx) => tx.publish(changed));
  await eventually(async () => handled.length === 2, "both facts are handled");
  assert.deepEqual(handled, [1, 2]);
  await relay.stop();
});

test("facts that do not concern a handler are passed over without a transaction, and none of those that do is", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([]);
  const handled: number[] = [];
  let writes = 0;
  const store: Store = {
    read: (within, body) => kernel.store.read(within, body),
    write: (within, body) => {
      writes += 1;
      return kernel.store.write(within, body);
    },
  };
  const handler = onFact<"device.changed">({
    name: "test/handler",
    types: ["device.changed"],
    concerns: ({ data }) => data.fields.includes("name"),
    handle: async (_tx, { position }) => void handled.push(position),
  });
  const publish = (field: string) =>
    kernel.store.write(scope, (tx) => tx.publish({ ...changed, data: { fields: [field] } }));
  const first = new FactRelay(store, kernel.facts, [handler], kernel.log);
  await first.start();
  for (const field of ["model", "name", "model", "name", "model"]) await publish(field);
  await eventually(async () => handled.length === 2, "the two are handled");
  assert.deepEqual([handled, writes], [[2, 4], 2]);
  await first.stop();

  await publish("name");
  const second = new FactRelay(store, kernel.facts, [handler], kernel.log);
  await second.start();
  await eventually(async () => handled.length === 3, "what came while nobody listened is handled");
  for (let n = 0; n < 5_001; n += 1) await publish("model");
  await eventually(async () => writes === 4, "the place is written down after so many");
  await publish("name");
  await eventually(async () => handled.length === 4, "and the next one is handled");
  assert.deepEqual(handled, [2, 4, 6, 5_008]);
  await second.stop();
});
