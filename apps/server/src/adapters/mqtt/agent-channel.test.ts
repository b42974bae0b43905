import assert from "node:assert/strict";
import { test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { topicOf } from "@pomona/agent-protocol";
import { encodePem, issueCertificate } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import type { MqttClient } from "mqtt";
import { type AgentIdentity } from "../../features/agents/index.ts";
import { readDevice } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { eventually, helloOf, listen, say, type TestAgents, testAgents } from "../../testing/test-agents.ts";

const deviceOf = (server: TestAgents, { tenantId, deviceId }: AgentIdentity) =>
  server.kernel.store.read(systemScope(tenantId, "test"), (tx) => readDevice(tx, deviceId));
const closes = (client: MqttClient) => new Promise<void>((resolve) => client.once("close", () => resolve()));
const quarantined = async (server: TestAgents, tenantId: string) =>
  (await server.kernel.facts.readAfter(0, { types: ["message.quarantined"], limit: 100 })).filter(
    (fact) => fact.tenantId === tenantId,
  ).length;

test("a client without a certificate, or with a foreign one, does not get as far as MQTT", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02CERT");
  const keys = await server.keys(to);
  await assert.rejects(server.connect(to, keys, "control", { key: undefined, cert: undefined } as never));
  const key = generateKeyPair("ec-p256");
  const crypto = nodeCrypto();
  const der = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { CN: to.deviceId },
    spki: crypto.publicKeyOf(key),
    notBefore: Date.now() - 1000,
    notAfter: Date.now() + 60_000,
    extensions: { sanUri: [`urn:pomona:${to.tenantId}:${to.deviceId}:agent`] },
  });
  const foreign = { key: privateKeyToPem(key), certificate: encodePem("CERTIFICATE", der), der };
  await assert.rejects(server.connect(to, foreign));
});

test("a certificate of another role, or of another device, or a revoked one, is refused", async () => {
  await using server = await testAgents();
  const tenantId = await server.tenant("Orchard");
  const [to, other] = [await server.device(tenantId, "C02A"), await server.device(tenantId, "C02B")];
  await assert.rejects(server.connect(to, await server.keys(to, "mdm")), /Not authorized/);
  await assert.rejects(server.connect(to, await server.keys(other)), /Identifier rejected/);
  const keys = await server.keys(to);
  const client = await server.connect(to, keys);
  await client.endAsync();
  await server.write(tenantId, (tx) => server.authority.revoke(tx, { deviceId: to.deviceId }, { role: "agent" }));
  await assert.rejects(server.connect(to, keys), /Not authorized/);
});

test("revocation is looked up when a TLS session is resumed, too", async () => {
  await using server = await testAgents();
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02RESUME");
  const keys = await server.keys(to);
  const ca = (await server.authority.serverTls(["localhost"])).ca;
  const open = (session?: Buffer) =>
    tlsConnect({
      port: server.channel.port,
      host: "localhost",
      ca,
      key: keys.key,
      cert: keys.certificate,
      ...(session === undefined ? {} : { session }),
    });
  const first = open();
  const session = await new Promise<Buffer>((resolve, reject) => {
    first.once("session", resolve);
    first.once("error", reject);
  });
  first.destroy();
  await server.write(tenantId, (tx) => server.authority.revoke(tx, { deviceId: to.deviceId }, { role: "agent" }));
  const second = open(session);
  await new Promise((resolve, reject) => {
    second.once("secureConnect", resolve);
    second.once("error", reject);
  });
  assert.equal(second.isSessionReused(), true);
  const id = `${to.deviceId}.control`;
  const variable = Buffer.concat([Buffer.from([0, 4]), Buffer.from("MQTT"), Buffer.from([4, 2, 0, 30, 0, id.length])]);
  const body = Buffer.concat([variable, Buffer.from(id)]);
  second.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  const answer = await new Promise<Buffer>((resolve) => second.once("data", resolve));
  assert.deepEqual([...answer.subarray(0, 4)], [0x20, 2, 0, 5]);
  second.destroy();
});

test("client ids that are none of ours, wills, kept sessions and a missing keep-alive are refused", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02ID");
  const keys = await server.keys(to);
  for (const clientId of ["__proto__", "constructor", `${to.deviceId}.#`, `${to.deviceId}.+`, "$SYS", to.deviceId]) {
    await assert.rejects(server.connect(to, keys, "control", { clientId }), /Identifier rejected/, clientId);
  }
  const topic = topicOf({ ...to, lane: "control", direction: "up", message: "hello" });
  const will = { topic, payload: Buffer.from("{}"), qos: 0 as const, retain: false };
  await assert.rejects(server.connect(to, keys, "control", { will }), /Not authorized/);
  await assert.rejects(server.connect(to, keys, "control", { clean: false }), /Not authorized/);
  await assert.rejects(server.connect(to, keys, "control", { keepalive: 0 }));
  await assert.rejects(server.connect(to, keys, "control", { protocolVersion: 5 }));
});

test("publishing outside the own prefix, retained, or at QoS 2 ends the connection and changes nothing", async () => {
  await using server = await testAgents();
  const tenantId = await server.tenant("Orchard");
  const [to, other] = [await server.device(tenantId, "C02P"), await server.device(tenantId, "C02Q")];
  const keys = await server.keys(to);
  const own = topicOf({ ...to, lane: "control", direction: "up", message: "hello" });
  const hello = JSON.stringify(helloOf("C02Q"));
  const attempts: readonly [string, object][] = [
    [topicOf({ ...other, lane: "control", direction: "up", message: "hello" }), {}],
    [topicOf({ ...to, lane: "telemetry", direction: "up", message: "facts" }), {}],
    [topicOf({ ...to, lane: "control", direction: "down", message: "order" }), {}],
    ["$SYS/broker/new/clients", {}],
    ["__proto__", {}],
    [`${own}/../x`, {}],
    [own, { retain: true }],
    [own, { qos: 2 }],
  ];
  for (const [topic, options] of attempts) {
    const client = await server.connect(to, keys);
    const closed = closes(client);
    client.publish(topic, hello, { qos: 1, ...options }, () => {});
    await closed;
  }
  assert.equal((await deviceOf(server, other))?.agentOnline, false);
  assert.equal(await quarantined(server, tenantId), 0);
});

test("subscribing to anything but the own lane's messages ends the connection", async () => {
  await using server = await testAgents();
  const tenantId = await server.tenant("Orchard");
  const [to, other] = [await server.device(tenantId, "C02S"), await server.device(tenantId, "C02T")];
  const keys = await server.keys(to);
  const own = topicOf({ ...to, lane: "control", direction: "down", message: "order" });
  for (const topic of [
    "#",
    "+/+/+/+/+/+",
    "$SYS/#",
    own.replace("/order", "/#"),
    own.replace(to.deviceId, "+"),
    topicOf({ ...other, lane: "control", direction: "down", message: "order" }),
    topicOf({ ...to, lane: "control", direction: "up", message: "hello" }),
  ]) {
    const client = await server.connect(to, keys);
    const closed = closes(client);
    client.subscribe(topic, { qos: 1 }, () => {});
    await closed;
  }
});

test("what cannot be read is kept in quarantine and acknowledged, and the connection goes on", async () => {
  await using server = await testAgents();
  const tenantId = await server.tenant("Orchard");
  const to = await server.device(tenantId, "C02G");
  const client = await server.connect(to, await server.keys(to));
  await say(client, to, "hello", "{not json");
  await say(client, to, "hello", { version: 7 });
  await say(client, to, "never-heard-of", {});
  await say(client, to, "hello", JSON.stringify({ ...helloOf("C02G"), extra: true }));
  // As bytes: in a literal it would be no key at all.
  await say(client, to, "hello", JSON.stringify(helloOf("C02G")).replace("{", '{"__proto__":{"version":"9"},'));
  assert.equal(await quarantined(server, tenantId), 5);
  await say(client, to, "hello", helloOf("C02G"));
  assert.equal((await deviceOf(server, to))?.agentOnline, true);
});

test("a message above its limit ends the connection; the end of an order may be large", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02BIG");
  const keys = await server.keys(to);
  const client = await server.connect(to, keys);
  const closed = closes(client);
  say(client, to, "sensor", { state: "x".repeat(300_000), detail: "", counters: {} }).catch(() => {});
  await closed;
  const again = await server.connect(to, keys);
  const end = { orderId: "none", state: "succeeded", at: 1, output: "x".repeat(4_000_000) };
  await say(again, to, "order-status", end);
  assert.equal(again.connected, true);
});

test("the first packet has to be a small CONNECT", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02C");
  const keys = await server.keys(to);
  await assert.rejects(server.connect(to, keys, "control", { username: "x".repeat(2_000) }));
});

test("presence follows the socket, and a takeover by the same Mac is no absence", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02PRES");
  const keys = await server.keys(to);
  const first = await server.connect(to, keys);
  await say(first, to, "hello", helloOf("C02PRES"));
  assert.equal((await deviceOf(server, to))?.agentOnline, true);
  const taken = closes(first);
  const second = await server.connect(to, keys);
  await taken;
  await listen(second, to);
  await say(second, to, "hello", helloOf("C02PRES"));
  assert.equal((await deviceOf(server, to))?.agentOnline, true);
  second.stream.destroy();
  await eventually(async () => (await deviceOf(server, to))?.agentOnline === false, "the absence");
  const facts = await server.kernel.facts.readAfter(0, { types: ["agent.online", "agent.offline"], limit: 10 });
  assert.deepEqual(
    facts.map(({ type }) => type),
    ["agent.online", "agent.offline"],
  );
});

test("a Mac that falls silent is gone after one and a half keep-alives", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02GONE");
  const client = await server.connect(to, await server.keys(to), "control", { keepalive: 1, reschedulePings: false });
  await say(client, to, "hello", helloOf("C02GONE"));
  client.stream.pause();
  // The client's own timer is what would keep it alive.
  (client as unknown as { keepaliveManager: { destroy(): void } }).keepaliveManager.destroy();
  await eventually(async () => (await deviceOf(server, to))?.agentOnline === false, "the absence");
  const [fact] = await server.kernel.facts.readAfter(0, { types: ["agent.offline"], limit: 1 });
  assert.deepEqual(fact?.data, { reason: "vanished" });
});

test("two bodies that fight over one identity are held, by name", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02TWINS");
  const keys = await server.keys(to);
  for (const instance of ["one", "two", "one", "two"]) {
    const client = await server.connect(to, keys);
    await say(client, to, "hello", helloOf("C02TWINS", { instance }));
  }
  assert.match((await deviceOf(server, to))?.quarantine ?? "", /Two running agents/);
  await assert.rejects(server.perform("agents.place-order", to.tenantId, { deviceId: to.deviceId, type: "ping" }), {
    code: "order.device-quarantined",
  });
});

test("a sender that is too fast is held back, and nothing of it is lost", async () => {
  await using server = await testAgents({ limits: { telemetryRate: { perSecond: 200, burst: 10 } } });
  const to = await server.device(await server.tenant("Orchard"), "C02FAST");
  const client = await server.connect(to, await server.keys(to), "telemetry");
  const at = Date.now();
  const sends = Array.from({ length: 60 }, (_, n) =>
    say(client, to, "facts", { at: at + n, facts: { uptimeSeconds: n } }, "telemetry"),
  );
  await Promise.all(sends);
  assert.equal((await deviceOf(server, to))?.facts.uptimeSeconds, 59);
});
