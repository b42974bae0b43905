import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { PushState } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import {
  decodePem,
  encodePem,
  issueCertificate,
  parseCertificate,
  parseCertificateRequest,
  verifyCertificateRequest,
} from "@pomona/pki";
import { generateKeyPair } from "@pomona/pki/node";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import type { PushResult } from "../../features/push/index.ts";
import { addTenant } from "../../features/tenants/index.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig, pushCertificate } from "./testing/device-rig.ts";
import { enrolledMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
  rig.sender.answer = { status: 200, reason: null, apnsId: "x" };
});

const state = async () => (await rig.act(tenant, "push.show-push", {})) as PushState;
const deviceOf = async (mac: TestMac) =>
  (await rig.kernel.store.read(systemScope(tenant, "t"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
const testPush = async (deviceId: string) => {
  const { status, reason, apnsId } = (await rig.act(tenant, "push.send-test-push", { deviceId })) as PushResult;
  return { status, reason, apnsId };
};

test("a request made here, signed by Apple, becomes the tenant's certificate; its key was never shown", async () => {
  const { id } = await rig.kernel.store.write(systemScope(PLATFORM, "t"), (tx) => addTenant(tx, "New"));
  tenant = id;
  assert.equal((await state()).state, "missing");
  const made = (await rig.act(tenant, "push.create-push-request", {
    organization: "New",
    email: "it@new.example",
  })) as { csr: string };
  const request = parseCertificateRequest(decodePem(made.csr, "CERTIFICATE REQUEST")[0]!.der);
  assert.ok(verifyCertificateRequest(rig.authority.crypto, request));
  const { crypto } = rig.authority;
  const key = generateKeyPair("ec-p256");
  const life = { notBefore: Date.now() - 1000, notAfter: Date.now() + 1e10 };
  const apple = parseCertificate(
    issueCertificate(crypto, {
      issuer: { certificate: "self", key },
      subject: { CN: "Apple, as it were" },
      spki: crypto.publicKeyOf(key),
      extensions: { ca: {} },
      ...life,
    }),
  );
  const issued = issueCertificate(crypto, {
    issuer: { certificate: apple, key },
    subject: { UID: "com.apple.mgmt.External.new", CN: "APSP" },
    spki: request.spki,
    ...life,
  });
  const certificate = encodePem("CERTIFICATE", issued);
  const after = (await rig.act(tenant, "push.upload-push-certificate", { certificate })) as PushState;
  assert.deepEqual([after.state, after.topic], ["ready", "com.apple.mgmt.External.new"]);
});

test("a certificate with another topic is refused, a renewed one with the same is taken", async () => {
  const upload = (topic: string) =>
    rig.act(tenant, "push.upload-push-certificate", pushCertificate(rig.authority, topic, rig.clock.now()));
  const { topic } = await state();
  await assert.rejects(upload("com.apple.mgmt.External.other"), /choose Renew/);
  await assert.rejects(upload("com.example.app"), /no UID/);
  await upload(topic!);
  assert.equal((await state()).state, "ready");
});

test("a certificate whose key was not made here, or that does not fit the given key, is refused", async () => {
  const topic = (await state()).topic!;
  // By the server's clock, which stood still since the rig was made.
  const now = rig.clock.now();
  const [a, b] = [pushCertificate(rig.authority, topic, now), pushCertificate(rig.authority, topic, now)];
  await assert.rejects(
    rig.act(tenant, "push.upload-push-certificate", { certificate: a.certificate }),
    /not made here/,
  );
  const mixed = { certificate: a.certificate, privateKey: b.privateKey };
  await assert.rejects(rig.act(tenant, "push.upload-push-certificate", mixed), /does not belong/);
  await assert.rejects(rig.act(tenant, "push.upload-push-certificate", { certificate: "text" }), /not a certificate/);
});

test("a refused token stops pushes until the Mac sends another", async () => {
  const mac = await enrolledMac(rig, tenant);
  const { id } = await deviceOf(mac);
  rig.sender.answer = { status: 410, reason: "Unregistered", apnsId: null };
  assert.deepEqual(await testPush(id), { status: 410, reason: "Unregistered", apnsId: null });
  assert.equal((await deviceOf(mac)).mdmPushable, false);
  rig.sender.answer = { status: 200, reason: null, apnsId: "x" };
  await assert.rejects(testPush(id), /cannot be woken/);
  await mac.tokenUpdate();
  assert.deepEqual(await testPush(id), { status: 200, reason: null, apnsId: "x" });
  assert.equal((await deviceOf(mac)).mdmPushable, true);
});

test("a refused certificate is an alarm of the tenant, and the Macs' tokens stay good", async () => {
  const mac = await enrolledMac(rig, tenant);
  const { id } = await deviceOf(mac);
  rig.sender.answer = { status: 403, reason: "BadCertificate", apnsId: null };
  await testPush(id);
  const refused = await state();
  assert.deepEqual([refused.state, refused.lastError], ["refused", "BadCertificate (403)"]);
  assert.equal((await deviceOf(mac)).mdmPushable, true);
  const told = await rig.kernel.store.readAfter(0, { tenantId: tenant, types: ["push.stopped"], limit: 10 });
  assert.deepEqual(told.at(-1)!.data, { reason: "BadCertificate", status: 403 });
  rig.sender.answer = { status: 200, reason: null, apnsId: "x" };
  await testPush(id);
  assert.equal((await state()).state, "ready");
});

test("many wishes for one Mac become few pushes, and none is lost", async () => {
  const mac = await enrolledMac(rig, tenant);
  const { id } = await deviceOf(mac);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const pushes = () => rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === mac.udid).length;
  const before = pushes();
  for (let i = 0; i < 100; i++) rig.push.wake(tenant, id);
  await new Promise((resolve) => setTimeout(resolve, 800));
  assert.equal(pushes() - before, 2, "the first at once, and one for all that came meanwhile");
});

test("the portal asks for push first: a Mac enrolled without it could never be woken", async () => {
  const { id } = await rig.kernel.store.write(systemScope(PLATFORM, "t"), (tx) => addTenant(tx, "Bare"));
  const invitation = await rig.invite(id);
  for (const page of [await rig.portal(invitation), await rig.portal(`${invitation}/profile`)]) {
    assert.equal(page.status, 409);
    assert.match(page.body as string, /push service/);
  }
});
