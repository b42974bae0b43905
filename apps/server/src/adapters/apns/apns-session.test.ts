import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import { asId } from "@pomona/facts";
import { createCertificateRequest, encodePem } from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";
import {
  type ApnsReceiver,
  openPushAuthority,
  type PushAuthority,
  startApnsReceiver,
  startFrozenRelay,
} from "@pomona/testkit";
import { APNS_REASONS } from "../../features/push/index.ts";
import { ApnsSender } from "./apns-sender.ts";

const TOKEN = "ab".repeat(32);
let authority: PushAuthority;
let apns: ApnsReceiver;
let topic: string;
const senders: ApnsSender[] = [];

before(async () => {
  authority = await openPushAuthority();
});
afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  await apns?.stop();
});
after(() => apns?.stop());

const crypto = nodeCrypto();
function credentials(lifetimeDays = 365, of = topic) {
  const key = generateKeyPair("ec-p256");
  const csr = encodePem("CERTIFICATE REQUEST", createCertificateRequest(crypto, key, { subject: { CN: "push" } }));
  const { certificatePem, topic: made } = authority.sign(csr, { lifetimeDays, ...(of === "" ? {} : { topic: of }) });
  const notAfter = Date.now() + lifetimeDays * 86_400_000;
  return {
    tenantId: asId<"tenant">("t"),
    topic: made,
    certificate: certificatePem,
    key: privateKeyToPem(key),
    notAfter,
  };
}
async function start(
  options: { maxConcurrentStreams?: number; pingMs?: number; timeoutMs?: number; throughRelay?: boolean } = {},
) {
  apns = await startApnsReceiver({ authority, ...options });
  topic = "";
  const own = credentials();
  topic = own.topic;
  apns.register(TOKEN, topic, () => true);
  const relay = options.throughRelay === true ? await startFrozenRelay(Number(new URL(apns.url).port)) : undefined;
  const url = relay === undefined ? apns.url : `https://127.0.0.1:${relay.port}`;
  const sender = new ApnsSender({ url, ca: authority.rootPem, retryMs: 5, timeoutMs: 5000, ...options });
  senders.push(sender);
  const send = (given = own) =>
    sender.send({
      credentials: given,
      pushToken: Buffer.from(TOKEN, "hex"),
      pushMagic: "M",
      expiration: Math.floor(Date.now() / 1000) + 600,
    });
  return { sender, send, own, relay };
}

test("every reason of Apple's table arrives with its status; only what passes is tried again", async () => {
  const { send } = await start();
  for (const [reason, { status, policy }] of Object.entries(APNS_REASONS)) {
    const before = apns.pushes.length;
    const answer = { kind: "reason", reason: reason as "Shutdown" } as const;
    apns.script(answer, answer, answer);
    const result = await send();
    assert.deepEqual([result.status, result.reason], [status, reason]);
    assert.equal(apns.pushes.length - before, policy === "retry" ? 3 : 1, reason);
    apns.unscript();
  }
});

test("a token that is gone comes with the time since when Apple knows it", async () => {
  const { send } = await start();
  apns.register(TOKEN, topic, () => true).unregister();
  const result = await send();
  assert.deepEqual([result.status, result.reason], [410, "Unregistered"]);
  assert.ok(Math.abs(result.invalidSince! - Date.now()) < 60_000);
});

test("no more pushes are open at once than the peer allows, and all arrive over one session", async () => {
  const { send, sender } = await start({ maxConcurrentStreams: 4 });
  apns.script(...Array.from({ length: 30 }, () => ({ kind: "slow", delayMs: 10 }) as const));
  const results = await Promise.all(Array.from({ length: 30 }, () => send()));
  assert.deepEqual(new Set(results.map(({ status }) => status)), new Set([200]));
  assert.equal(apns.sessionCount, 1);
  assert.ok(apns.mostAtOnce <= 4 && apns.mostAtOnce > 1, String(apns.mostAtOnce));
  assert.equal(sender.sessionOf(topic)!.mostAtOnce, 4);
  assert.equal(sender.sessionOf(topic)!.state, "connected");
});

test("the reason of a GOAWAY is read and kept; the push goes out over the next session", async () => {
  const { send, sender } = await start();
  apns.script({ kind: "goaway", reason: "Shutdown" });
  assert.equal((await send()).status, 200);
  assert.equal(apns.sessionCount, 2);
  assert.equal(sender.sessionOf(topic)!.lastGoAway?.reason, "Shutdown");
});

test("a GOAWAY that names the certificate is not knocked at again", async () => {
  const { send } = await start();
  apns.script({ kind: "goaway", reason: "BadCertificate" });
  const result = await send();
  assert.deepEqual([result.status, result.reason], [0, "BadCertificate"]);
  assert.equal(apns.sessionCount, 1);
});

test("an idle session that Apple ends is replaced at the next push", async () => {
  const { send, sender } = await start();
  await send();
  apns.goAway("IdleTimeout");
  while (sender.sessionOf(topic)!.state !== "none") await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await send()).status, 200);
  assert.equal(apns.sessionCount, 2);
});

test("a stream that is reset and a push that is never answered go out again", async () => {
  const { send } = await start({ timeoutMs: 300 });
  apns.script({ kind: "reset" });
  assert.equal((await send()).status, 200);
  apns.script({ kind: "silent" });
  assert.equal((await send()).status, 200);
});

test("a session that is half dead is found by PING and replaced, before a push has to wait for it", async (t) => {
  const { send, sender, relay } = await start({ pingMs: 30, timeoutMs: 150, throughRelay: true });
  t.after(() => relay?.stop());
  await send();
  relay?.freeze();
  while (sender.sessionOf(topic)!.state === "connected") await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(sender.sessionOf(topic)!.lastFault?.reason, "timeout");
  assert.equal((await send()).status, 200);
});

test("a connection that is cut in the middle is made again", async () => {
  const { send } = await start();
  await send();
  apns.script({ kind: "silent" });
  const under = send();
  await new Promise((resolve) => setTimeout(resolve, 50));
  apns.cut();
  assert.equal((await under).status, 200);
});

test("a certificate that ends later takes the session over, one that ends earlier does not", async () => {
  const { send, own } = await start();
  await send(own);
  await send(credentials(300, own.topic));
  assert.equal(apns.sessionCount, 1);
  const later = credentials(400, own.topic);
  await send(later);
  await send(later);
  assert.equal(apns.sessionCount, 2);
});

test("a server that refuses the certificate in the handshake (openssl) is an alarm, and asked once", async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "pomona-apns-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const own = await start().then(({ own: made }) => made);
  const other = await openPushAuthority();
  const server = await authority.serverIdentity();
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const port = await freePort();
  const args = ["s_server", "-accept", `127.0.0.1:${port}`, "-alpn", "h2", "-Verify", "1", "-verify_return_error"];
  args.push("-cert", file("c.pem", server.cert), "-key", file("k.pem", server.key));
  args.push("-CAfile", file("ca.pem", other.rootPem), "-quiet");
  const child = spawn("openssl", args, { stdio: ["pipe", "ignore", "ignore"] });
  t.after(() => child.kill("SIGKILL"));
  const sender = new ApnsSender({ url: `https://127.0.0.1:${port}`, ca: authority.rootPem, retryMs: 1 });
  senders.push(sender);
  const send = () =>
    sender.send({ credentials: own, pushToken: Uint8Array.of(1), pushMagic: "m", expiration: 1_900_000_000 });
  let result = await send();
  for (let i = 0; result.reason === "ECONNREFUSED" && i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    result = await send();
  }
  assert.equal(result.status, 0);
  assert.match(result.reason ?? "", /ALERT_UNKNOWN_CA/);
});

test("a certificate that does not fit its key is an answer, not a crash", async () => {
  const { send, own } = await start();
  const result = await send({ ...own, key: privateKeyToPem(generateKeyPair("ec-p256")) });
  assert.equal(result.status, 0);
  assert.match(result.reason ?? "", /KEY_VALUES_MISMATCH|ERR_OSSL/);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
