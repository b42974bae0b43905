import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OrderStatusMessage } from "@pomona/agent-protocol";
import { silentLog } from "../log.ts";
import { createOutbox } from "../outbox.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { makeOrder } from "../testing/make-order.ts";
import { DEVICE, TENANT } from "../testing/test-server.ts";
import type { OrderOutcome, OrderRunner } from "./order-outcome.ts";
import { takeOrders } from "./take-orders.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function desk(store = createMemoryStore()) {
  const running: { readonly input: unknown; finish(outcome: OrderOutcome): void }[] = [];
  const clock = { now: Date.now() };
  const script: OrderRunner = (input) => new Promise((resolve) => running.push({ input, finish: resolve }));
  const ok: OrderRunner = () => Promise.resolve({ state: "succeeded", data: 1 });
  const orders = takeOrders({
    store,
    outbox: createOutbox(store, () => {}, silentLog),
    runners: {
      "run-script": script,
      "kill-process": ok,
      "refresh-facts": ok,
      ping: ok,
      "validate-recovery-key": script,
      "read-recovery-key-escrow": ok,
      "bootstrap-token-status": ok,
      "secure-token-status": ok,
      "create-account": script,
    },
    now: () => clock.now,
    log: silentLog,
    owner: () => ({ tenantId: TENANT, deviceId: DEVICE }),
    onOutput() {},
  });
  const said = () => store.spool.peek(1000).map(({ message, body }) => [message, JSON.parse(body)] as const);
  const states = (id: string) =>
    said().flatMap(([message, body]) => {
      return message === "order-status" && body.orderId === id ? [(body as OrderStatusMessage).state] : [];
    });
  return { store, orders, running, clock, said, states };
}
const script = (n: number) => makeOrder("run-script", { script: String(n) });

describe("the orders of a Mac", () => {
  it("run four scripts at once, in order, and pings beside them", async () => {
    const { orders, running, states } = desk();
    const scripts = [1, 2, 3, 4, 5, 6].map(script);
    for (const each of scripts) orders.take(each);
    const ping = makeOrder("ping");
    orders.take(ping);
    await turn();
    assert.equal(running.length, 4);
    assert.deepEqual(states(ping.envelope.id), ["running", "succeeded"]);
    running[1]?.finish({ state: "succeeded" });
    await turn();
    assert.deepEqual(running[4]?.input, { script: "5" });
    assert.equal(running.length, 5);
  });

  it("are in the ledger as running before they run", async () => {
    const { orders, store, running } = desk();
    const order = script(1);
    orders.take(order);
    assert.equal(store.ledger.find(order.envelope.id)?.state, "running");
    await turn();
    assert.equal(running.length, 1);
  });

  it("with a secret in them never reach the disk, and an agent that dies before the end says that it does not know", async () => {
    const { orders, store, running } = desk();
    const prk = "PLAN-TED0-AAAA-BBBB-CCCC-DDDD";
    const order = makeOrder("validate-recovery-key", { prk, nonce: "n".repeat(22) });
    orders.take(order);
    await turn();
    assert.deepEqual(running[0]?.input, { prk, nonce: "n".repeat(22) });
    const entry = store.ledger.find(order.envelope.id);
    assert.equal(entry?.state, "running");
    assert.equal(entry?.order, undefined);
    assert.ok(!JSON.stringify([entry, store.spool.peek(1000)]).includes("PLAN-TED0"));
    const after = desk(store);
    after.orders.resume();
    assert.deepEqual(after.states(order.envelope.id), ["running", "unknown"]);
    assert.equal(after.running.length, 0);
  });

  it("expire while they wait for their turn", async () => {
    const { orders, running, clock, states } = desk();
    for (const each of [1, 2, 3, 4].map(script)) orders.take(each);
    const late = makeOrder("run-script", { script: "late" }, { expires: clock.now + 10 });
    orders.take(late);
    await turn();
    clock.now += 10;
    running[0]?.finish({ state: "succeeded" });
    await turn();
    assert.deepEqual(states(late.envelope.id), ["expired"]);
    assert.equal(running.length, 4);
  });

  it("are answered again, and not run again, when they come again", async () => {
    const { orders, said, states } = desk();
    const order = makeOrder("ping");
    orders.take(order);
    await turn();
    orders.take({ ...order, channel: "net" });
    await turn();
    assert.deepEqual(states(order.envelope.id), ["running", "succeeded", "succeeded"]);
    const receipts = said().filter(([message]) => message === "receipt");
    assert.deepEqual(
      receipts.map(([, body]) => body.channel),
      ["wire", "wire"],
    );
  });

  it("that were running at the last end are unknown, and those that waited run", async () => {
    const first = desk();
    const [ran, waited] = [script(1), script(2)];
    first.store.ledger.insert({ orderId: ran.envelope.id, state: "received", channel: "wire", expires: 1, order: ran });
    first.store.ledger.advance(ran.envelope.id, "running");
    const { expires } = waited.envelope;
    first.store.ledger.insert({
      orderId: waited.envelope.id,
      state: "received",
      channel: "net",
      expires,
      order: waited,
    });
    const second = desk(first.store);
    second.orders.resume();
    await turn();
    assert.deepEqual(second.states(ran.envelope.id), ["unknown"]);
    assert.deepEqual(
      second.running.map(({ input }) => input),
      [{ script: "2" }],
    );
    const third = desk(first.store);
    third.orders.resume();
    assert.deepEqual(third.states(ran.envelope.id), ["unknown"]);
  });

  it("of an older epoch fail after one of a newer epoch came", async () => {
    const { orders, states, store } = desk();
    orders.take(makeOrder("ping", {}, { epoch: 5 }));
    const old = makeOrder("ping", {}, { epoch: 4 });
    orders.take(old);
    await turn();
    assert.deepEqual(states(old.envelope.id), ["failed"]);
    assert.equal(store.ledger.epoch(), 5);
  });

  it("whose envelope was refused do not raise the epoch", () => {
    const { orders, store } = desk();
    orders.take({ ...makeOrder("ping", {}, { epoch: 99 }), input: { altered: true } });
    assert.equal(store.ledger.epoch(), 0);
  });
});
