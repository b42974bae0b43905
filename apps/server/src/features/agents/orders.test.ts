import assert from "node:assert/strict";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { OrderMessage } from "@pomona/agent-protocol";
import type { Order } from "@pomona/contract";
import {
  eventually,
  helloOf,
  listen,
  nextMessage,
  say,
  type TestAgents,
  testAgents,
} from "../../testing/test-agents.ts";
import { readDevice } from "../devices/index.ts";
import type { AgentIdentity } from "./ports.ts";

const show = async (server: TestAgents, to: AgentIdentity, orderId: string) =>
  (await server.perform("agents.show-order", to.tenantId, { orderId })) as Order;
const place = async (server: TestAgents, to: AgentIdentity, input: Record<string, unknown>) =>
  (await server.perform("agents.place-order", to.tenantId, { deviceId: to.deviceId, ...input })) as { id: string };

test("an order goes over the wire, is received and finished, and says which way it took", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02WIRE");
  const client = await server.connect(to, await server.keys(to));
  await listen(client, to);
  await say(client, to, "hello", helloOf("C02WIRE"));
  const arrives = nextMessage<OrderMessage>(client, "order");
  const { id } = await place(server, to, { type: "run-script", input: { script: "echo secret", arguments: ["x"] } });
  const order = await arrives;
  const sealedInput = () => {
    const database = new DatabaseSync(path.join(server.kernel.dir, "pomona.db"), { readOnly: true });
    const row = database.prepare("SELECT sealed_input FROM orders WHERE id = ?").get(id);
    database.close();
    return row?.["sealed_input"];
  };
  assert.match(String(sealedInput()), /"alg":"A256GCM"/);
  assert.equal(order.envelope.id, id);
  assert.equal(order.channel, "wire");
  assert.deepEqual(order.input, { script: "echo secret", arguments: ["x"] });
  await say(client, to, "receipt", { orderId: id, channel: "wire", at: 1 });
  await say(client, to, "receipt", { orderId: id, channel: "net", at: 2 });
  await say(client, to, "order-status", { orderId: id, state: "running", at: 3 });
  assert.equal((await show(server, to, id)).state, "running");
  const end = { orderId: id, state: "succeeded", at: 4, exitCode: 0, output: "secret\n" };
  await say(client, to, "order-status", end);
  await say(client, to, "order-status", { ...end, state: "failed" });
  const shown = await show(server, to, id);
  assert.equal(shown.state, "succeeded");
  assert.equal(shown.path.arrivedBy, "wire");
  assert.deepEqual(
    shown.path.tried.map(({ channel }) => channel),
    ["wire"],
  );
  assert.equal(shown.result?.output, "secret\n");
  assert.deepEqual(shown.input, { scriptBytes: 11, argumentCount: 1 });
  assert.equal(sealedInput(), null, "what it was given goes when it has ended");
  const facts = await server.kernel.facts.readAfter(0, { limit: 100 });
  const told = facts.map(({ type }) => type).filter((type) => type.startsWith("order."));
  assert.deepEqual(told, ["order.queued", "order.sent", "order.running", "order.finished"]);
});

test("an order for a Mac that is away waits, wakes it, and is sent when it says hello", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02AWAY");
  const { id } = await place(server, to, { type: "ping" });
  await eventually(async () => server.commands.length > 0, "the wake-up");
  assert.equal(server.commands[0]?.command.requestType, "InstallProfile");
  const client = await server.connect(to, await server.keys(to));
  await listen(client, to);
  const arrives = nextMessage<OrderMessage>(client, "order");
  await say(client, to, "hello", helloOf("C02AWAY", { startedBy: "wake" }));
  assert.equal((await arrives).channel, "wake");
  await say(client, to, "receipt", { orderId: id, channel: "wake", at: 1 });
  const shown = await show(server, to, id);
  assert.equal(shown.path.arrivedBy, "wake");
  assert.deepEqual(
    shown.path.tried.map(({ channel }) => channel),
    ["wake"],
  );
});

test("a held poll is answered with an order at once, and an urgent order races all three ways", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02NET");
  const signal = new AbortController().signal;
  const poll = server.agents.poll(to, { hello: helloOf("C02NET"), waitSeconds: 30, messages: [] }, signal);
  await eventually(async () => {
    const device = await server.kernel.store.read(
      { tenantId: to.tenantId, actor: { kind: "system", id: "t", name: "t" }, permissions: new Set() },
      (tx) => readDevice(tx, to.deviceId),
    );
    return device?.agentOnline;
  }, "presence by poll");
  const { id } = await place(server, to, { type: "ping", urgent: true });
  const { messages } = await poll;
  assert.equal((messages[0]!.body as OrderMessage).channel, "net");
  const receipt = { lane: "control" as const, message: "receipt", body: { orderId: id, channel: "net", at: 1 } };
  const done = { lane: "control" as const, message: "order-status", body: { orderId: id, state: "succeeded", at: 2 } };
  await server.agents.poll(to, { hello: helloOf("C02NET"), waitSeconds: 0, messages: [receipt, done] }, signal);
  const shown = await show(server, to, id);
  assert.equal(shown.state, "succeeded");
  assert.equal(shown.path.arrivedBy, "net");
  assert.equal(server.commands.length, 1);
});

test("what had no receipt when the connection ended is sent again at the next hello", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02AGAIN");
  const keys = await server.keys(to);
  const first = await server.connect(to, keys);
  await listen(first, to);
  const arrives = nextMessage<OrderMessage>(first, "order");
  const { id } = await place(server, to, { type: "ping" });
  await arrives;
  await first.endAsync(true);
  const second = await server.connect(to, keys);
  await listen(second, to);
  const comesAgain = nextMessage<OrderMessage>(second, "order");
  await say(second, to, "hello", helloOf("C02AGAIN"));
  assert.equal((await comesAgain).envelope.id, id);
});

test("an order that nobody took in time expires, and the Mac's later word still counts", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02LATE");
  const { id } = await place(server, to, { type: "ping", expiresInSeconds: 1 });
  const sweep = server.agents.feature.jobs!.find(({ name }) => name === "agents/sweep-orders")!;
  const state = async () => {
    await sweep.run();
    return (await show(server, to, id)).state === "expired";
  };
  await eventually(state, "the expiry");
  const client = await server.connect(to, await server.keys(to));
  await say(client, to, "order-status", { orderId: id, state: "succeeded", at: 4 });
  assert.equal((await show(server, to, id)).state, "succeeded");
});

test("input that does not fit, scripts beyond the limit, strangers' devices and held devices are refused", async () => {
  await using server = await testAgents();
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02NO");
  const other = await server.tenant("Vineyard");
  await assert.rejects(place(server, to, { type: "kill-process", input: { pid: 1 } }), { code: "order.input-invalid" });
  await assert.rejects(place(server, to, { type: "run-script", input: { script: "é".repeat(600_000) } }), {
    code: "order.script-too-large",
  });
  await assert.rejects(place(server, { ...to, tenantId: other }, { type: "ping" }), { code: "device.not-found" });
  const { id } = await place(server, to, { type: "ping" });
  await assert.rejects(server.perform("agents.show-order", other, { orderId: id }), { code: "order.not-found" });
});

test("the live lane echoes, and the round trip is measured", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02LIVE");
  const keys = await server.keys(to);
  const control = await server.connect(to, keys);
  await listen(control, to);
  const answer = async (sessionId: string) => {
    const live = await server.connect(to, keys, "live");
    live.on("message", (from, data) => {
      if (from.endsWith("/down/data")) say(live, to, "data", data.toString(), "live").catch(() => {});
    });
    await listen(live, to, "live");
    await say(live, to, "ready", { sessionId }, "live");
  };
  control.on("message", (topic, payload) => {
    const { sessionId } = JSON.parse(payload.toString()) as { sessionId: string };
    if (topic.endsWith("/live-request")) answer(sessionId).catch(() => {});
  });
  const echo = await server.perform("agents.open-echo", to.tenantId, { deviceId: to.deviceId, text: "hello" });
  assert.equal((echo as { text: string }).text, "hello");
});
