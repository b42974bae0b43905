import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CarriedMessage, PollRequest } from "@pomona/agent-protocol";
import { silentLog } from "../log.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import { DEFAULT_TIMINGS } from "../timings.ts";
import { batchOf } from "./batch.ts";
import { openNetPoll } from "./net-poll.ts";
import type { JsonAnswer } from "./post-json.ts";

const HELLO: PollRequest["hello"] = {
  version: "1",
  protocol: 1,
  bootSession: "",
  instance: "",
  serialNumber: "",
  osVersion: "",
  desiredToken: "",
  epoch: 0,
  sensor: { state: "", detail: "" },
};

function poll(answerTo: (request: PollRequest) => JsonAnswer | Promise<JsonAnswer>) {
  const store = createMemoryStore();
  const requests: PollRequest[] = [];
  const arrived: CarriedMessage[] = [];
  const refusals: number[] = [];
  const net = openNetPoll({
    channel: {
      post(_path, body) {
        const request = JSON.parse(body) as PollRequest;
        requests.push(request);
        return Promise.resolve(answerTo(request));
      },
      close() {},
    },
    store,
    timings: { ...DEFAULT_TIMINGS, backoffMin: 5, backoffMax: 10, wireGrace: 20 },
    random: () => 0.5,
    log: silentLog,
    hello: () => HELLO,
    onMessages: (messages) => arrived.push(...messages),
    onRefused: () => refusals.push(1),
    onOutcome() {},
  });
  return { store, requests, arrived, refusals, net };
}
const until = async (claim: () => boolean) => {
  while (!claim()) await new Promise((resolve) => setTimeout(resolve, 2));
};
const put = (store: ReturnType<typeof createMemoryStore>, body: unknown) =>
  store.spool.add({ lane: "control", message: "receipt", body: JSON.stringify(body), class: "kept" });
const EMPTY = { status: 200, body: { messages: [] } };
const never = new Promise<JsonAnswer>(() => {});

describe("the safety net", () => {
  it("takes over after the wire's grace, empties the spool first, then stands", async () => {
    const { net, store, requests } = poll(({ waitSeconds }) => (waitSeconds > 0 ? never : EMPTY));
    put(store, 1);
    net.setWire(false, false);
    assert.equal(net.isStanding(), false);
    await until(() => requests.length === 2);
    assert.deepEqual(
      requests.map(({ waitSeconds, messages }) => [waitSeconds, messages.length]),
      [
        [0, 1],
        [50, 0],
      ],
    );
    put(store, 2);
    net.pump();
    await until(() => store.spool.count() === 0);
    assert.deepEqual(requests[2]?.messages[0]?.body, 2);
    net.stop();
  });

  it("keeps messages that were not taken, and gets rid of one that never will be", async () => {
    let healthy = false;
    const { net, store, requests } = poll(({ messages }) => {
      if (!healthy) return { status: 503, body: {} };
      return messages.some(({ body }) => body === "poison") ? { status: 422, body: {} } : EMPTY;
    });
    for (const body of ["a", "poison", "b"]) put(store, body);
    net.ask();
    await until(() => requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(store.spool.count(), 3);
    healthy = true;
    net.ask();
    await until(() => store.spool.count() === 0);
    const taken = requests.filter(({ messages }) => messages.length === 1).map(({ messages }) => messages[0]?.body);
    assert.deepEqual(taken.slice(0, 2), ["a", "poison"]);
    assert.ok(taken.includes("b") || requests.at(-1)?.messages.some(({ body }) => body === "b"));
    net.stop();
  });

  it("tells the end of an order without its output when the whole is more than the server takes", async () => {
    const { net, store, requests } = poll(({ messages }) => {
      return JSON.stringify(messages).length > 1000 ? { status: 413, body: {} } : EMPTY;
    });
    const status = { orderId: "a", state: "succeeded", at: 1, output: "x".repeat(2000) };
    store.spool.add({ lane: "control", message: "order-status", body: JSON.stringify(status), class: "kept" });
    net.ask();
    await until(() => store.spool.count() === 0);
    const expected = { orderId: "a", state: "succeeded", at: 1, output: "", outputTruncated: true };
    assert.deepEqual(requests.at(-1)?.messages[0]?.body, expected);
    net.stop();
  });

  it("does not stand while the wire is up, and tells when the certificate is refused", async () => {
    const { net, requests, refusals } = poll(() => ({ status: 403, body: {} }));
    net.setWire(true, false);
    await new Promise((resolve) => setTimeout(resolve, 40));
    assert.equal(requests.length, 0);
    net.ask();
    await until(() => refusals.length === 1);
    net.stop();
  });
});

describe("a batch", () => {
  it("has at least one message and ends before it grows too large", () => {
    const large = { lane: "control", message: "m", body: JSON.stringify("x".repeat(700_000)) } as const;
    const { ids } = batchOf([
      { id: 1, ...large },
      { id: 2, ...large },
    ]);
    assert.deepEqual(ids, [1]);
    assert.deepEqual(batchOf([]).ids, []);
  });
});
