import assert from "node:assert/strict";
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { asId } from "@pomona/facts";
import { createTenants } from "../../features/tenants/feature.ts";
import { Authority } from "../../features/tenants/index.ts";
import { type TestKernel, testKernel } from "../../testing/test-kernel.ts";
import { pushCertificate } from "../device-door/testing/device-rig.ts";
import { ApnsSender } from "./apns-sender.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly subject: string | undefined;
}

let kernel: TestKernel;
let authority: Authority;
let server: Http2SecureServer;
let sender: ApnsSender;
const received: Received[] = [];
const sessions: ServerHttp2Session[] = [];
/** Status and reason of the next answers; 200 when there is none. */
let answers: (readonly [number, string])[] = [];

before(async () => {
  kernel = testKernel();
  kernel.migrate([createTenants()]);
  authority = new Authority(kernel);
  await authority.start();
  const tls = await authority.serverTls([]);
  server = createSecureServer({ key: tls.key, cert: tls.certificate, requestCert: true, rejectUnauthorized: false });
  server.on("session", (session) => sessions.push(session));
  server.on("stream", (stream, headers) => {
    let body = "";
    const subject = (stream.session?.socket as TLSSocket | undefined)?.getPeerCertificate()
      .subject as unknown as Record<string, string>;
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      body += chunk;
    });
    stream.on("end", () => {
      received.push({ headers, body, subject: subject?.["UID"] });
      const [status, reason] = answers.shift() ?? [200, ""];
      stream.respond({ ":status": status, "apns-id": "id-1" });
      stream.end(status === 200 ? "" : JSON.stringify({ reason }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  sender = new ApnsSender({
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: tls.ca,
    retryMs: 5,
    timeoutMs: 5000,
  });
});
after(async () => {
  sender.close();
  for (const session of sessions) session.destroy();
  await new Promise((resolve) => server.close(resolve));
  await kernel[Symbol.asyncDispose]();
});
beforeEach(() => {
  received.length = 0;
  answers = [];
});

const TOPIC = "com.apple.mgmt.External.test";
function notification() {
  const { certificate, privateKey: key } = pushCertificate(authority, TOPIC, Date.now());
  const credentials = { tenantId: asId<"tenant">("t"), topic: TOPIC, certificate, key, notAfter: 1 };
  return { credentials, pushToken: Uint8Array.of(0xab, 0x01), pushMagic: "magic", expiration: 1_800_000_000 };
}

test("a push says what Apple's protocol wants, with the tenant's certificate", async () => {
  assert.deepEqual(await sender.send(notification()), { status: 200, reason: null, apnsId: "id-1" });
  const [push] = received;
  assert.equal(push!.headers[":method"], "POST");
  assert.equal(push!.headers[":path"], "/3/device/ab01");
  assert.equal(push!.headers["apns-topic"], TOPIC);
  assert.equal(push!.headers["apns-push-type"], "mdm");
  assert.equal(push!.headers["apns-priority"], "10");
  assert.equal(push!.headers["apns-expiration"], "1800000000");
  assert.deepEqual(JSON.parse(push!.body), { mdm: "magic" });
  assert.equal(push!.subject, TOPIC);
});

test("pushes of one topic share a session, also when they come at once", async () => {
  const before = sessions.length;
  await Promise.all(Array.from({ length: 20 }, () => sender.send(notification())));
  assert.ok(sessions.length - before <= 1);
  assert.equal(received.length, 20);
});

test("a refused token or certificate is an answer, not tried again", async () => {
  for (const [status, reason] of [
    [400, "BadDeviceToken"],
    [403, "BadCertificate"],
    [410, "Unregistered"],
  ] as const) {
    received.length = 0;
    answers = [[status, reason]];
    assert.deepEqual(await sender.send(notification()), { status, reason, apnsId: "id-1" });
    assert.equal(received.length, 1);
  }
});

test("a fault of Apple's is tried twice more", async () => {
  answers = [
    [500, "InternalServerError"],
    [503, "ServiceUnavailable"],
  ];
  assert.equal((await sender.send(notification())).status, 200);
  assert.equal(received.length, 3);
  answers = [
    [500, "a"],
    [500, "b"],
    [500, "c"],
    [500, "d"],
  ];
  assert.equal((await sender.send(notification())).reason, "c");
});

test("after GOAWAY the next push goes over a new session", async () => {
  await sender.send(notification());
  const before = sessions.length;
  sessions.at(-1)!.goaway();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await sender.send(notification())).status, 200);
  assert.equal(sessions.length, before + 1);
});

test("a new certificate of the topic gets a session of its own", async () => {
  await sender.send(notification());
  const before = sessions.length;
  sender.forget(TOPIC);
  await sender.send(notification());
  assert.equal(sessions.length, before + 1);
});

test("an endpoint that cannot be reached is told, and nothing is thrown", async () => {
  const lost = new ApnsSender({ url: "https://127.0.0.1:1", retryMs: 1, timeoutMs: 2000 });
  const result = await lost.send(notification());
  assert.equal(result.status, 0);
  assert.equal(result.reason, "ECONNREFUSED");
  lost.close();
});
