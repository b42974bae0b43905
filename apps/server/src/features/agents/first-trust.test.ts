import assert from "node:assert/strict";
import { test } from "node:test";
import { AGENT_PATHS, type EnrollResponse } from "@pomona/agent-protocol";
import type { Fact } from "@pomona/facts";
import { asId, type FactType } from "@pomona/facts";
import { createCertificateRequest, decodePem } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import { getArray, getDictionary, getString, isDictionary, parsePlist } from "@pomona/plist";
import { agentRoutes } from "../../adapters/agent-http/agent-routes.ts";
import type { HttpRequest } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { helloOf, say, type TestAgents, testAgents } from "../../testing/test-agents.ts";
import { MovableClock } from "../../testing/test-kernel.ts";
import { quarantineDevice, readDevice } from "../devices/index.ts";
import type { AgentIdentity } from "./ports.ts";

/** Hands a fact to its handler, as the relay does. */
async function tell(server: TestAgents, to: AgentIdentity, type: FactType, data: unknown): Promise<void> {
  const fact = { ...to, id: asId<"fact">("f"), type, deviceSeq: 1, at: 0, position: 1, data } as unknown as Fact;
  for (const handler of server.agents.feature.factHandlers!) {
    if (handler.types.includes(type)) await server.write(to.tenantId, (tx) => handler.handle(tx, fact));
  }
}

/** The settings of the newest settings profile that was queued. */
function settingsOf(server: TestAgents): { readonly token: string | undefined; readonly nudge: string | undefined } {
  const command = server.commands.at(-1)!.command;
  assert.equal(command.requestType, "InstallProfile");
  const profile = parsePlist(command.requestType === "InstallProfile" ? command.profile : new Uint8Array());
  assert.ok(isDictionary(profile));
  const [payload] = getArray(profile, "PayloadContent") ?? [];
  assert.ok(isDictionary(payload));
  assert.equal(getString(payload, "PayloadType"), "io.pomona.agent");
  assert.equal(getDictionary(payload, "nothing"), undefined);
  return { token: getString(payload, "EnrollmentToken"), nudge: getString(payload, "Nudge") };
}

async function installed(server: TestAgents, serialNumber: string): Promise<AgentIdentity> {
  const to = await server.device(await server.tenant("Orchard"), serialNumber);
  await tell(server, to, "device.enrolled", { serialNumber, name: "Mac", again: false });
  const install = server.commands.find(({ command }) => command.requestType === "InstallEnterpriseApplication")!;
  const { commandId } = install;
  await tell(server, to, "command.answered", {
    commandId,
    requestType: "InstallEnterpriseApplication",
    state: "acknowledged",
  });
  return to;
}

function requestOf(token: string, serialNumber: string, key = generateKeyPair("ec-p256")) {
  const csr = createCertificateRequest(nodeCrypto(), key, { subject: { CN: "whoever" } });
  return { token, csr: Buffer.from(csr).toString("base64"), serialNumber, version: "0.1.0" };
}

const quarantineOf = async (server: TestAgents, { tenantId, deviceId }: AgentIdentity) =>
  (await server.kernel.store.read(systemScope(tenantId, "test"), (tx) => readDevice(tx, deviceId)))?.quarantine;

test("an enrolled Mac gets its profiles and the agent, and the token only when it said yes", async () => {
  await using server = await testAgents();
  const to = await server.device(await server.tenant("Orchard"), "C02FIRST");
  await tell(server, to, "device.enrolled", { serialNumber: "C02FIRST", name: "Mac", again: false });
  assert.deepEqual(
    server.commands.map(({ command }) => command.requestType),
    ["InstallProfile", "InstallProfile", "InstallProfile", "InstallEnterpriseApplication"],
  );
  const answer = { requestType: "InstallEnterpriseApplication", state: "acknowledged" };
  await tell(server, to, "command.answered", { ...answer, commandId: "another" });
  assert.equal(server.commands.length, 4);
  await tell(server, to, "command.answered", { ...answer, commandId: server.commands[3]!.commandId });
  assert.equal(server.commands.length, 5);
  assert.ok(settingsOf(server).token!.length > 40);
});

test("the token buys one certificate, with which the agent connects; then the settings come without it", async () => {
  await using server = await testAgents();
  const to = await installed(server, "C02TRUST");
  const { token, nudge } = settingsOf(server);
  const key = generateKeyPair("ec-p256");
  const request = requestOf(token!, "C02TRUST", key);
  const enrolled = await server.agents.enroll(request);
  assert.equal(enrolled.deviceId, to.deviceId);
  assert.equal(settingsOf(server).token, undefined);
  assert.notEqual(settingsOf(server).nudge, nudge);
  const client = await server.connect(to, {
    key: privateKeyToPem(key),
    certificate: enrolled.certificate,
    der: decodePem(enrolled.certificate)[0]!.der,
  });
  await say(client, to, "hello", helloOf("C02TRUST"));
  // The answer got lost: the same key asks again.
  const again = await server.agents.enroll(request);
  assert.equal(again.certificate, enrolled.certificate);
  assert.equal(await quarantineOf(server, to), null);
});

test("a used token with another key is refused, and holds the Mac", async () => {
  await using server = await testAgents();
  const to = await installed(server, "C02THIEF");
  const { token } = settingsOf(server);
  await server.agents.enroll(requestOf(token!, "C02THIEF"));
  await assert.rejects(server.agents.enroll(requestOf(token!, "C02THIEF")), { code: "agent.token-refused" });
  assert.match((await quarantineOf(server, to)) ?? "", /one-time token/);
});

test("a token for another serial number, an old one and an invented one are refused and hold nobody", async () => {
  const clock = new MovableClock(Date.now());
  await using server = await testAgents({ clock });
  const to = await installed(server, "C02OLD");
  const { token } = settingsOf(server);
  await assert.rejects(server.agents.enroll(requestOf(token!, "C02OTHER")), { code: "agent.token-refused" });
  const invented = `${to.tenantId}.${to.deviceId}.${"A".repeat(43)}`;
  await assert.rejects(server.agents.enroll(requestOf(invented, "C02OLD")), { code: "agent.token-refused" });
  const broken = { ...requestOf(token!, "C02OLD"), csr: Buffer.from("no request").toString("base64") };
  await assert.rejects(server.agents.enroll(broken), { code: "agent.request-invalid" });
  clock.advance(600_001);
  await assert.rejects(server.agents.enroll(requestOf(token!, "C02OLD")), { code: "agent.token-refused" });
  assert.equal(await quarantineOf(server, to), null);
});

test("an installed agent that does not come gets another token, ever more slowly", async () => {
  const clock = new MovableClock(Date.now());
  await using server = await testAgents({ clock });
  await installed(server, "C02SLOW");
  const first = settingsOf(server).token;
  const job = server.agents.feature.jobs!.find(({ name }) => name === "agents/mint-again")!;
  await job.run();
  assert.equal(settingsOf(server).token, first);
  clock.advance(600_000);
  await job.run();
  const second = settingsOf(server).token!;
  assert.notEqual(second, first);
  clock.advance(600_000);
  await job.run();
  assert.equal(settingsOf(server).token, second);
  clock.advance(1_200_000);
  await job.run();
  const third = settingsOf(server).token!;
  assert.notEqual(third, second);
  const count = server.commands.length;
  await server.agents.enroll(requestOf(third, "C02SLOW"));
  clock.advance(86_400_000);
  await job.run();
  assert.equal(server.commands.length, count + 1);
});

test("a renewed certificate ends the old one when it is used first; one that nobody received ends with the next", async () => {
  await using server = await testAgents();
  const to = await installed(server, "C02RENEW");
  const key = generateKeyPair("ec-p256");
  const enrolled = await server.agents.enroll(requestOf(settingsOf(server).token!, "C02RENEW", key));
  const old = decodePem(enrolled.certificate)[0]!.der;
  const renew = async (from: Uint8Array) => {
    const identity = await server.agents.door.identify(from);
    if (identity === undefined) return undefined;
    const answer = await server.agents.renew(identity, { csr: requestOf("", "C02RENEW").csr });
    return decodePem(answer.certificate)[0]!.der;
  };
  const lost = await renew(old);
  const fresh = await renew(old);
  assert.ok(lost !== undefined && fresh !== undefined);
  assert.equal(await server.agents.door.identify(lost), undefined);
  assert.deepEqual(await server.agents.door.identify(old), to);
  assert.deepEqual(await server.agents.door.identify(fresh), to);
  assert.equal(await server.agents.door.identify(old), undefined);
  assert.equal(await renew(old), undefined);
  assert.deepEqual(await server.agents.door.identify(fresh), to);
  await server.write(to.tenantId, (tx) => quarantineDevice(tx, to.deviceId, "Looked odd."));
  await assert.rejects(renew(fresh), { code: "agent.renewal-refused" });
});

test("over HTTPS the agent enrolls and polls, and whoever shows no valid certificate gets 403", async () => {
  await using server = await testAgents();
  const to = await installed(server, "C02HTTP");
  const routes = agentRoutes(server.agents, server.kernel.log);
  const ask = (path: string, body: unknown, peerCertificate?: Uint8Array) => {
    const request: HttpRequest = {
      method: "POST",
      url: path,
      params: {},
      headers: {},
      body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
      address: "127.0.0.1",
      ...(peerCertificate === undefined ? {} : { peerCertificate }),
      signal: new AbortController().signal,
    };
    return routes.find((route) => route.path === path)!.handle(request);
  };
  assert.equal((await ask(AGENT_PATHS.enroll, "{")).status, 400);
  const { token } = settingsOf(server);
  const enrolled = await ask(AGENT_PATHS.enroll, requestOf(token!, "C02HTTP"));
  assert.equal(enrolled.status, 200);
  const { certificate } = JSON.parse(enrolled.body as string) as EnrollResponse;
  const der = decodePem(certificate)[0]!.der;
  const { csr } = requestOf("", "C02HTTP");
  assert.equal((await ask(AGENT_PATHS.renew, { csr })).status, 403);
  assert.equal((await ask(AGENT_PATHS.renew, { csr: "AAAA" }, der)).status, 400);
  assert.equal((await ask(AGENT_PATHS.renew, { csr }, der)).status, 200);
  const poll = { hello: helloOf("C02HTTP"), waitSeconds: 0, messages: [] };
  assert.equal((await ask(AGENT_PATHS.poll, poll)).status, 403);
  assert.equal((await ask(AGENT_PATHS.poll, poll, (await server.keys(to, "mdm")).der)).status, 403);
  assert.equal((await ask(AGENT_PATHS.poll, { ...poll, waitSeconds: 1e9 }, der)).status, 400);
  const bad = { lane: "control" as const, message: "receipt", body: { orderId: 7 } };
  const answer = await ask(AGENT_PATHS.poll, { ...poll, messages: [bad] }, der);
  assert.deepEqual(JSON.parse(answer.body as string), { messages: [] });
  const kept = await server.kernel.facts.readAfter(0, { types: ["message.quarantined"], limit: 5 });
  assert.equal(kept.length, 1);
});
