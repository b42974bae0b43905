import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createServer } from "node:tls";
import { createAgent } from "./agent.ts";
import type { Agent, AgentOptions } from "./agent-options.ts";
import { expiryOf, loadIdentity } from "./identity/agent-identity.ts";
import { holdSettings } from "./settings/settings-source.ts";
import { createMemoryStore } from "./store/memory-store.ts";
import { makeHit } from "./testing/make-hit.ts";
import { makeOrder } from "./testing/make-order.ts";
import { modelledMac, modelledSensor } from "./testing/modelled-mac.ts";
import { createTestCa } from "./testing/test-ca.ts";
import { DEVICE, startTestServer, type TestServer, TOKEN } from "./testing/test-server.ts";

const FAST = { backoffMin: 20, backoffMax: 200, wireGrace: 300, telemetryQuiet: 200, netHold: 5_000, probe: 500 };

describe("an agent and its server", () => {
  let server: TestServer;
  let agents: Agent[] = [];
  const start = async (over: Partial<AgentOptions> = {}) => {
    const settings = holdSettings(server.settings());
    const store = createMemoryStore();
    const agent = createAgent({ settings, store, mac: modelledMac().mac, timings: FAST, ...over });
    agents.push(agent);
    await agent.start();
    return { agent, settings, store };
  };
  const statusOf = (orderId: string, state: string) =>
    server.message("order-status", (body: { orderId: string; state: string }) => {
      return body.orderId === orderId && body.state === state;
    });
  beforeEach(async () => {
    server = await startTestServer();
    agents = [];
  });
  afterEach(async () => {
    for (const agent of agents) await agent.stop();
    await server.stop();
    assert.deepEqual(server.errors, []);
  });

  it("exchanges its token for a certificate once and says hello on the wire", async () => {
    const { agent, store } = await start();
    const { body } = await server.message("hello");
    assert.equal((body as { serialNumber: string }).serialNumber, "C02TEST00001");
    assert.equal(server.enrollments.length, 1);
    assert.equal(server.enrollments[0]?.token, TOKEN);
    await agent.stop();
    await start({ store });
    await server.until(() => server.received.filter(({ message }) => message === "hello").length > 1, "a second hello");
    assert.equal(server.enrollments.length, 1);
  });

  it("renews its certificate over a new key when a third of its life is left, and comes back with the new one", async () => {
    const { agent, store } = await start();
    await server.message("hello");
    await agent.stop();
    const old = loadIdentity(store.files);
    assert.ok(old);
    assert.equal(server.renewals.length, 0);
    const late = expiryOf(old) - 3_600_000;
    const hellos = () => server.received.filter(({ message }) => message === "hello").length;
    const before = hellos();
    const again = await start({ store, now: () => late });
    await server.until(() => server.renewals.length === 1, "the renewal");
    await server.until(() => loadIdentity(store.files)?.certificate !== old.certificate, "the new identity");
    await server.until(() => again.agent.status().wire === "up" && hellos() > before, "a hello with the new one");
    const fresh = loadIdentity(store.files);
    assert.notEqual(fresh?.key, old.key);
    assert.equal(fresh?.tokenHash, old.tokenHash);
    assert.equal(server.enrollments.length, 1);
    await again.agent.stop();
    const kept = loadIdentity(store.files);
    server.setNetStatus(403);
    const refused = await start({ store, now: () => late });
    await server.until(() => refused.agent.status().wire === "up", "the wire without a renewal");
    assert.deepEqual(loadIdentity(store.files), kept);
    assert.equal(server.renewals.length, 1);
  });

  it("waits for other settings after its token was refused, and asks with a refused token only once", async () => {
    server.tokens.clear();
    const { agent, settings } = await start();
    await server.until(() => agent.status().identity === "waitingForToken", "the refusal");
    settings.set(server.settings({ Nudge: "2" }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(server.enrollments.length, 1);
    server.tokens.add("another-token-of-enough-length");
    settings.set(server.settings({ EnrollmentToken: "another-token-of-enough-length" }));
    await server.message("hello");
    assert.equal(server.enrollments.length, 2);
  });

  it("carries out an order that comes by the wire, and says receipt, running and the result", async () => {
    const { agent } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    const order = makeOrder("run-script", { script: "echo out; echo err >&2; exit 3" });
    await server.publish("order", order);
    const { body, by } = await statusOf(order.envelope.id, "failed");
    const status = body as { exitCode: number; output: string };
    assert.equal(by, "wire");
    assert.equal(status.exitCode, 3);
    assert.match(status.output, /out/);
    assert.match(status.output, /err/);
    await statusOf(order.envelope.id, "running");
    await server.message("receipt", (receipt: { orderId: string }) => receipt.orderId === order.envelope.id);
    await server.until(() => agent.status().waiting === 0, "an empty spool");
  });

  it("shows a running script's output as it comes, on the telemetry lane", async () => {
    const { agent } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    const order = makeOrder("run-script", { script: "echo first; sleep 0.7; echo second" });
    await server.publish("order", order);
    const first = await server.message("order-output", (body: { text: string }) => body.text.includes("first"));
    assert.equal(first.lane, "telemetry");
    assert.equal(
      server.received.some(({ body }) => (body as { state?: string }).state === "succeeded"),
      false,
    );
    await statusOf(order.envelope.id, "succeeded");
  });

  it("takes orders by long poll, and answers by it, while nothing listens on the broker's port", async () => {
    await server.cutWire();
    const { agent } = await start();
    await server.until(() => agent.status().net === "standing", "the standing poll");
    const order = makeOrder("ping", {}, {}, "net");
    server.giveToNet("order", order);
    const { by, body } = await statusOf(order.envelope.id, "succeeded");
    assert.equal(by, "net");
    assert.equal(typeof (body as { data: { uptime: number } }).data.uptime, "number");
    await server.mendWire();
    await server.until(() => agent.status().wire === "up" && agent.status().net === "idle", "the wire again");
  });

  it("runs an order once that comes by wire and net, again and again", async () => {
    const { agent, settings } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    const folder = mkdtempSync(join(tmpdir(), "pomona-once-"));
    const file = join(folder, "ran");
    const order = makeOrder("run-script", { script: `echo ran >> ${file}; sleep 0.2` });
    server.giveToNet("order", { ...order, channel: "net" });
    settings.set(server.settings({ Nudge: "2" }));
    await Promise.all([server.publish("order", order), server.publish("order", order)]);
    await statusOf(order.envelope.id, "succeeded");
    await server.publish("order", { ...order, channel: "wake" });
    await server.until(
      () => server.received.filter(({ message }) => message === "receipt").length >= 4,
      "a receipt for each copy",
    );
    assert.equal(readFileSync(file, "utf8"), "ran\n");
    rmSync(folder, { recursive: true });
  });

  it("polls at once after a nudge and says that it was woken", async () => {
    const { agent, settings } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    assert.equal(server.polls.length, 0);
    settings.set(server.settings({ Nudge: "2" }));
    await server.until(() => server.polls.length > 0, "a poll");
    assert.equal(server.polls[0]?.hello.startedBy, "wake");
    assert.equal(server.polls[0]?.hello.channels?.wake, true);
  });

  it("echoes on the live lane from ready to close", async () => {
    const { agent } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    await server.publish("live-request", { sessionId: "s1", kind: "echo" });
    await server.message("ready");
    await server.publish("data", { sessionId: "s1", seq: 7, data: "hello" }, "live");
    const { body, lane } = await server.message("data");
    assert.equal(lane, "live");
    assert.deepEqual(body, { sessionId: "s1", seq: 7, data: "hello" });
    await server.publish("close", { sessionId: "s1" }, "live");
    assert.ok(server.connects.includes(`${DEVICE}.live`));
  });

  it("keeps its identity but trusts no server that the pinned roots do not know", async () => {
    const other = await startTestServer();
    try {
      const { agent } = await start({ settings: holdSettings(server.settings({ Roots: other.ca.rootPem })) });
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(agent.status().identity, "enrolling");
      assert.equal(server.enrollments.length, 0);
    } finally {
      await other.stop();
    }
  });

  it("enrolls again with a fresh token when the server no longer takes its certificate, and not before", async () => {
    const { agent, settings } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    const fresh = "a-fresh-token-of-enough-length";
    server.tokens.add(fresh);
    settings.set(server.settings({ EnrollmentToken: fresh, Nudge: "2" }));
    await server.until(() => server.polls.length > 0, "a poll");
    assert.equal(server.enrollments.length, 1);
    server.setNetStatus(403);
    settings.set(server.settings({ EnrollmentToken: fresh, Nudge: "3" }));
    await server.until(() => server.enrollments.length === 2, "the second enrollment");
    server.setNetStatus(200);
    await server.until(() => agent.status().identity === "enrolled" && agent.status().wire === "up", "the wire again");
    assert.notEqual(server.enrollments[0]?.csr, server.enrollments[1]?.csr);
  });

  it("asks again with the same key when the answer to its token was lost", async () => {
    const store = createMemoryStore();
    server.loseNextEnrollment();
    await start({ store });
    await server.until(() => server.enrollments.length > 1, "a second attempt");
    assert.equal(server.enrollments[0]?.csr, server.enrollments[1]?.csr);
  });

  it("gives up a wire that does not answer after a nudge, and connects anew", async () => {
    const { agent, settings } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    const before = server.connects.filter((id) => id === `${DEVICE}.control`).length;
    server.freezeWire();
    settings.set(server.settings({ Nudge: "2" }));
    await server.until(
      () => server.connects.filter((id) => id === `${DEVICE}.control`).length > before,
      "another connection",
    );
  });

  it("keeps incidents while there is no server, and sends each once it is back", async () => {
    const { sensor, hit, state } = modelledSensor();
    const { agent } = await start({ sensor });
    await server.until(() => agent.status().wire === "up", "the wire");
    const desired = {
      token: "t1",
      part: 1,
      parts: 1,
      rules: [{ id: "r1", name: "r1", match: { name: { exact: "x" } }, mode: "block" }],
      settings: { killBudgetPerMinute: 3 },
    };
    await server.publish("desired", desired);
    await server.message("applied");
    assert.deepEqual([state.rules.length, state.budget], [1, 3]);
    await server.cutWire();
    server.setNetStatus(503);
    for (let n = 0; n < 5; n += 1) hit(makeHit({ action: "budgetSpent" }));
    await server.until(() => agent.status().wire !== "up", "the cut");
    await server.until(() => agent.status().waiting >= 5, "the incidents");
    await server.mendWire();
    await server.until(() => server.received.filter(({ message }) => message === "incident").length === 5, "incidents");
    await server.until(() => agent.status().waiting === 0, "an empty spool");
  });

  it("never speaks to a broker that the pinned roots do not know, and goes by the net instead", async () => {
    const { serverKeyPem: key, serverPem: cert } = createTestCa();
    let heard = 0;
    let knocks = 0;
    const impostor = createServer({ key, cert }, (socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => (heard += bytes.length));
    });
    impostor.on("connection", () => (knocks += 1));
    await new Promise<void>((resolve) => impostor.listen(0, "127.0.0.1", () => resolve()));
    try {
      const { port } = impostor.address() as AddressInfo;
      const settings = holdSettings(server.settings({ BrokerURL: `mqtts://127.0.0.1:${port}` }));
      const { agent } = await start({ settings });
      await server.until(() => agent.status().net === "standing", "the standing poll");
      const order = makeOrder("ping", {}, {}, "net");
      server.giveToNet("order", order);
      await statusOf(order.envelope.id, "succeeded");
      await server.until(() => knocks > 1, "another attempt");
      assert.equal(heard, 0);
    } finally {
      impostor.close();
    }
  });

  it("forgets orders, messages and rules of its old owner when it is given to another device row", async () => {
    const { agent, settings, store } = await start();
    await server.until(() => agent.status().wire === "up", "the wire");
    const order = makeOrder("ping", {}, { epoch: 4 });
    await server.publish("order", order);
    await statusOf(order.envelope.id, "succeeded");
    store.files.write(
      "identity.json",
      (store.files.read("identity.json") ?? "").replace(DEVICE, DEVICE.replace("0002", "0003")),
    );
    server.tokens.add("token-for-the-new-device-row");
    await agent.stop();
    const receipt = JSON.stringify({ orderId: "of-the-old-owner", channel: "wire", at: 1 });
    store.spool.add({ lane: "control", message: "receipt", body: receipt, class: "kept" });
    settings.set(server.settings({ EnrollmentToken: "token-for-the-new-device-row" }));
    await start({ settings, store });
    await server.until(() => server.enrollments.length === 2 && store.ledger.epoch() === 0, "the new owner");
    assert.equal(store.ledger.find(order.envelope.id), undefined);
    await server.until(() => store.spool.count() === 0, "an empty spool");
    const isOld = ({ body }: { body: unknown }) => JSON.stringify(body).includes("of-the-old-owner");
    assert.equal(server.received.some(isOld), false);
  });
});
