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
