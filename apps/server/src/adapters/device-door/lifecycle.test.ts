import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { FactType, TenantId } from "@pomona/facts";
import { getData, isDictionary, parsePlist } from "@pomona/plist";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import { requestIdentity, type TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
});

const deviceOf = async (mac: TestMac) =>
  (await rig.kernel.store.read(systemScope(tenant, "test"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
const factsOf = async (type: FactType) =>
  rig.kernel.store.readAfter(0, { tenantId: tenant, types: [type], limit: 1000 });
const bootstrapToken = async (mac: TestMac): Promise<string> => {
  const answer = await mac.checkIn("GetBootstrapToken");
  assert.equal(answer.status, 200);
  if (answer.bytes.length === 0) return "";
  const plist = parsePlist(answer.bytes);
  assert.ok(isDictionary(plist));
  return Buffer.from(getData(plist, "BootstrapToken")!).toString("latin1");
};
/** A renewed identity of an enrolled Mac, as SCEP's RenewalReq gives it. */
async function renewedIdentity(mac: TestMac) {
  const { reply, identity } = await requestIdentity(`${rig.plainUrl}/scep/${tenant}`, undefined, {
    renew: mac.identity!,
  });
  assert.equal(reply.status, "success");
  return identity!;
}

test("case 25: a new enrollment clears queue, bootstrap token and tally", async () => {
  const mac = await enrolledMac(rig, tenant);
  await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("token") });
  // Signed at another second: the very same message again would be a repetition, which changes nothing.
  mac.clock = () => Date.now() + 2_000;
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await deviceOf(mac)).mdmEnrolled, false);
  assert.equal((await mac.poll()).command, undefined, "nothing of the old queue is served");
  assert.equal(await bootstrapToken(mac), "");
  await mac.tokenUpdate();
  assert.equal((await factsOf("device.enrolled")).length, 2);
});

test("case 26: a renewal keeps queue, bootstrap token and tally, and the old certificate until its TokenUpdate", async () => {
  const mac = await enrolledMac(rig, tenant);
  await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("token") });
  const old = mac.identity!;
  const renewed = await renewedIdentity(mac);
  mac.identity = renewed;
  assert.equal((await mac.poll()).status, 403, "case 21: a new certificate enters only through Authenticate");
  assert.equal((await mac.authenticate()).status, 200);
  mac.identity = old;
  assert.equal((await mac.poll()).command?.requestType, "DeviceInformation", "case 21: a short overlap");
  mac.identity = renewed;
  assert.equal((await mac.tokenUpdate()).status, 200);
  assert.equal((await mac.poll()).command?.requestType, "DeviceInformation");
  assert.equal(await bootstrapToken(mac), "token");
  assert.equal((await factsOf("device.enrolled")).length, 1);
  mac.identity = old;
  assert.equal((await mac.poll()).status, 403, "the old certificate ended with that TokenUpdate");
});

test("case 28: no push before the first TokenUpdate", async () => {
  const mac = await invitedMac(rig, tenant);
  await mac.authenticate();
  await rig.settle();
  assert.equal(rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === mac.udid).length, 0);
  const { id } = await deviceOf(mac);
  await assert.rejects(rig.act(tenant, "push.send-test-push", { deviceId: id }), /cannot be woken/);
});

test("case 29: the first TokenUpdate starts the enrollment workflow, and no later one does", async () => {
  const mac = await enrolledMac(rig, tenant);
  assert.deepEqual(await drain(mac), [
    "DeviceInformation",
    "SecurityInfo",
    "InstalledApplicationList",
    "ProfileList",
    "CertificateList",
  ]);
  await mac.tokenUpdate();
  await mac.tokenUpdate();
  await rig.settle();
  assert.deepEqual(await drain(mac), []);
  assert.equal((await factsOf("device.enrolled")).length, 1);
});

test("case 30: a TokenUpdate without AwaitingConfiguration keeps the stored value", async () => {
  const mac = await invitedMac(rig, tenant);
  await mac.authenticate();
  await mac.tokenUpdate({ AwaitingConfiguration: true });
  await mac.tokenUpdate();
  await rig.settle();
  await drain(mac);
  await rig.settle();
  assert.deepEqual(await drain(mac), ["DeviceConfigured"], "it still waits");
});

test("case 32: after CheckOut the Mac is not pushed and not answered", async () => {
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.checkIn("CheckOut")).status, 200);
  assert.equal((await mac.poll()).status, 403);
  assert.equal((await mac.tokenUpdate()).status, 403);
  const device = await deviceOf(mac);
  assert.equal(device.mdmEnrolled, false);
  assert.equal(device.mdmPushable, false);
  assert.deepEqual(
    (await factsOf("device.unenrolled")).map(({ data }) => data),
    [{ reason: "check-out" }],
  );
  const send = rig.act(tenant, "commands.send-command", { deviceId: device.id, requestType: "SecurityInfo" });
  await assert.rejects(send, /not enrolled/);
});

test("case 33: a topic that is not the tenant's is refused", async () => {
  const mac = await invitedMac(rig, tenant);
  assert.equal((await mac.authenticate({ Topic: "com.apple.mgmt.Else" })).status, 403);
  assert.equal((await mac.authenticate()).status, 200);
});

test("case 35: no bootstrap token is an empty 200", async () => {
  const mac = await enrolledMac(rig, tenant);
  assert.equal(await bootstrapToken(mac), "");
});

test("case 36: a missing or empty bootstrap token deletes the stored one", async () => {
  const mac = await enrolledMac(rig, tenant);
  for (const none of [{}, { BootstrapToken: Buffer.alloc(0) }]) {
    await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("token") });
    assert.equal((await deviceOf(mac)).facts.bootstrapTokenEscrowed, true);
    assert.equal((await mac.checkIn("SetBootstrapToken", none)).status, 200);
    assert.equal(await bootstrapToken(mac), "");
    assert.equal((await deviceOf(mac)).facts.bootstrapTokenEscrowed, false);
  }
});

test("case 37: a bootstrap token comes back as the very bytes that came in", async () => {
  const mac = await enrolledMac(rig, tenant);
  const raw = Buffer.from([0, 255, 10, 13, 65, 61]);
  await mac.checkIn("SetBootstrapToken", { BootstrapToken: raw });
  assert.equal(await bootstrapToken(mac), raw.toString("latin1"));
});

test("case 38: bootstrap tokens are for the device channel only", async () => {
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.checkIn("SetBootstrapToken", { UserID: "U", BootstrapToken: Buffer.from("x") })).status, 403);
  assert.equal((await mac.checkIn("GetBootstrapToken", { UserID: "U" })).status, 403);
});

test("an expired identity may poll for a while, so that a renewal reaches it, and may do nothing else", async () => {
  const mac = await enrolledMac(rig, tenant);
  const end = mac.identity!.certificate.notAfter;
  rig.clock.advance(end - rig.clock.now() + 86_400_000);
  assert.equal((await mac.poll()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 403);
  rig.clock.advance(60 * 86_400_000);
  assert.equal((await mac.poll()).status, 403);
});
