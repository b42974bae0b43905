import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { TenantId } from "@pomona/facts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac, fetchProfile, invitedMac } from "./testing/enroll-mac.ts";
import { requestIdentity, TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
});

const deviceOf = (mac: TestMac) =>
  rig.kernel.store.read(systemScope(tenant, "test"), (tx) => readDeviceBySerial(tx, mac.serialNumber));
const queueOf = async (mac: TestMac): Promise<number> => {
  const device = await deviceOf(mac);
  const { items } = (await rig.act(tenant, "commands.list-commands", { deviceId: device!.id, state: "upcoming" })) as {
    items: unknown[];
  };
  return items.length;
};
/** Another Mac's claims with the identity of this one. */
function disguised(as: TestMac, by: TestMac): TestMac {
  const mac = new TestMac(rig.plainUrl, as.serialNumber);
  Object.assign(mac, { udid: as.udid, identity: by.identity, topic: by.topic });
  return mac;
}

test("case 15: a user channel is checked against the pin of its device", async () => {
  // fault: the identifier is compared on the device channel only
  const [a, b] = [await enrolledMac(rig, tenant), await enrolledMac(rig, tenant)];
  assert.equal((await a.poll("Idle", { UserID: "U" })).status, 200);
  assert.equal((await disguised(a, b).poll("Idle", { UserID: "U" })).status, 403);
});

test("case 16: Authenticate and CheckOut on a user channel are refused", async () => {
  // fault: a user may authenticate
  // fault: a user's CheckOut unenrolls the Mac
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.authenticate({ UserID: "U" })).status, 403);
  const fresh = await invitedMac(rig, tenant);
  assert.equal((await fresh.authenticate({ UserID: "U" })).status, 403, "nor does a user begin an enrollment");
  assert.equal((await fresh.authenticate()).status, 200);
  assert.equal((await mac.checkIn("CheckOut", { UserID: "U" })).status, 403);
  assert.equal((await mac.poll()).status, 200);
});

test("case 17: a user's TokenUpdate leaves the device's token and PushMagic as they are", async () => {
  // fault: a user's TokenUpdate is taken for the Mac's
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.tokenUpdate({ UserID: "U", Token: Buffer.from("user"), PushMagic: "other" })).status, 200);
  const device = await deviceOf(mac);
  await rig.act(tenant, "push.send-test-push", { deviceId: device!.id });
  assert.equal(rig.sender.sent.at(-1)!.pushMagic, "magic");
});

test("case 18: TokenUpdate before Authenticate is refused", async () => {
  // fault: an enrollment counts before its Authenticate
  const mac = await invitedMac(rig, tenant);
  assert.equal((await mac.tokenUpdate()).status, 403);
  assert.equal((await mac.poll()).status, 403);
  assert.equal(await deviceOf(mac), undefined);
});

test("case 19: B's identifier with A's certificate is refused and changes nothing", async () => {
  // fault: the identifier that a message claims is not compared
  const [a, b] = [await enrolledMac(rig, tenant), await enrolledMac(rig, tenant)];
  const before = await queueOf(b);
  const thief = disguised(b, a);
  for (const answer of [
    await thief.poll(),
    await thief.tokenUpdate(),
    await thief.authenticate(),
    await thief.checkIn("CheckOut"),
  ]) {
    assert.equal(answer.status, 403);
    assert.equal(answer.bytes.length, 0);
  }
  assert.equal(await queueOf(b), before);
  assert.equal((await b.poll()).command?.requestType, "DeviceInformation");
});

test("case 20: a certificate serves one UDID, and the same one again", async () => {
  // fault: a certificate may authenticate a second UDID
  const mac = await invitedMac(rig, tenant);
  assert.equal((await mac.authenticate()).status, 200);
  const second = disguised(new TestMac(rig.plainUrl), mac);
  assert.equal((await second.authenticate()).status, 403);
  const namesake = disguised(new TestMac(rig.plainUrl, mac.serialNumber), mac);
  assert.equal((await namesake.authenticate()).status, 403, "the same serial number makes no difference");
  assert.equal((await mac.authenticate()).status, 200);
});

test("case 23: another valid certificate does not take over a Mac that is enrolled, nor its queue", async () => {
  // fault: whoever claims to be a Mac that is enrolled takes its place
  const mac = await enrolledMac(rig, tenant);
  const before = await queueOf(mac);
  const thief = disguised(mac, await invitedMac(rig, tenant));
  assert.equal((await thief.authenticate()).status, 403);
  assert.equal((await thief.authenticate({ UDID: "ANOTHER-UDID" })).status, 403, "by its serial number");
  assert.equal(await queueOf(mac), before);
  assert.equal((await mac.poll()).status, 200);
});

test("case 23: an invitation that names the serial number lets that Mac, and no other, enroll again", async () => {
  const mac = await enrolledMac(rig, tenant);
  const profile = await fetchProfile(rig, await rig.invite(tenant, { serialNumber: mac.serialNumber }));
  const { identity } = await requestIdentity(profile.scepUrl, profile.challenge);
  const stranger = new TestMac(rig.plainUrl);
  Object.assign(stranger, { identity, topic: mac.topic });
  assert.equal((await stranger.authenticate()).status, 403);
  const old = mac.identity;
  mac.identity = identity;
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 200);
  mac.identity = old;
  assert.equal((await mac.poll()).status, 403, "the enrollment before has ended");
});

test("a Mac of one tenant is a stranger in another", async () => {
  const mac = await enrolledMac(rig, tenant);
  const other = await rig.newTenant("Other");
  const same = await invitedMac(
    rig,
    other,
    Object.assign(new TestMac(rig.plainUrl, mac.serialNumber), { udid: mac.udid }),
  );
  assert.equal((await same.authenticate()).status, 200);
  assert.equal((await same.tokenUpdate()).status, 200);
  assert.equal((await drain(mac)).length, 5, "the first tenant's queue is untouched");
});

test("a refusal is told to the tenant once, and answered without an Apple error code", async () => {
  const [a, b] = [await enrolledMac(rig, tenant), await enrolledMac(rig, tenant)];
  const thief = disguised(b, a);
  for (let i = 0; i < 5; i++) await thief.poll();
  const refusals = await rig.kernel.store.readAfter(0, { tenantId: tenant, types: ["enrollment.refused"], limit: 100 });
  assert.deepEqual(
    refusals.map(({ data }) => data),
    [{ reason: "wrong-identifier" }],
  );
});
