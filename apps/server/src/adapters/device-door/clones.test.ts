import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Device } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac } from "./testing/enroll-mac.ts";
import { TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
  tenant = await rig.newTenant("Acme");
});
after(() => rig[Symbol.asyncDispose]());

const deviceOf = async (mac: TestMac) =>
  (await rig.kernel.store.read(systemScope(tenant, "test"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
const quarantines = async (mac: TestMac) => {
  const { id } = await deviceOf(mac);
  const facts = await rig.kernel.store.readAfter(0, { tenantId: tenant, types: ["device.quarantined"], limit: 1000 });
  return facts.filter(({ deviceId }) => deviceId === id).map(({ data }) => (data as { reason: string }).reason);
};
/** The same disk in another body: same certificate, and what the hardware says differs. */
function secondBody(mac: TestMac, changes: object = {}): TestMac {
  const clone = new TestMac(rig.plainUrl);
  return Object.assign(clone, { identity: mac.identity, topic: mac.topic, clock: mac.clock, ...changes });
}
const tokens = (mac: TestMac, word: string) => {
  rig.clock.advance(60_000);
  return mac.tokenUpdate({ Token: Buffer.from(word), PushMagic: word });
};

test("one certificate with two UDIDs: the device is held, both are named, and it is told once", async () => {
  const mac = await enrolledMac(rig, tenant);
  const clone = secondBody(mac);
  for (let round = 0; round < 4; round += 1) {
    assert.equal((await clone.poll()).status, 403);
    assert.equal((await clone.tokenUpdate()).status, 403);
    const answer = await mac.poll();
    assert.deepEqual([answer.status, answer.command], [200, undefined], "commands are held");
  }
  const [reason, ...more] = await quarantines(mac);
  assert.equal(more.length, 0);
  assert.ok(reason!.includes(mac.udid) && reason!.includes(clone.udid) && reason!.includes("127.0.0.1"), reason);
  assert.equal((await deviceOf(mac)).quarantine, reason);
  // Another Mac is not held, and is not in that list.
  await enrolledMac(rig, tenant);
  const listed = (await rig.act(tenant, "devices.list-devices", { quarantined: "only" })) as { items: Device[] };
  assert.deepEqual(
    listed.items.map(({ name, quarantine }) => [name, quarantine]),
    [[(await deviceOf(mac)).name, reason]],
  );
});

test("one certificate with two serial numbers under one UDID is another Mac: refused, and the device is held", async () => {
  const mac = await enrolledMac(rig, tenant);
  const clone = secondBody(mac, { udid: mac.udid });
  assert.equal((await clone.authenticate()).status, 403);
  const [reason] = await quarantines(mac);
  assert.ok(reason?.includes(mac.serialNumber) && reason.includes(clone.serialNumber));
  assert.equal((await deviceOf(mac)).mdmEnrolled, true, "nothing else was changed");
});

test("two push tokens that take turns are two bodies; one return alone, as after a restored snapshot, is not", async () => {
  const mac = await enrolledMac(rig, tenant);
  for (const word of ["a", "b", "a"]) assert.equal((await tokens(mac, word)).status, 200);
  assert.deepEqual(await quarantines(mac), []);
  assert.equal((await tokens(mac, "b")).status, 200);
  const [reason] = await quarantines(mac);
  assert.match(reason ?? "", /push token [0-9a-f]{6} .* and push token [0-9a-f]{6} .* took turns 3 times/);
  for (const word of ["a", "b", "a", "b"]) await tokens(mac, word);
  assert.equal((await quarantines(mac)).length, 1, "no flapping");
});

test("a Mac whose token changes again and again is one Mac", async () => {
  const mac = await enrolledMac(rig, tenant);
  for (let i = 0; i < 12; i += 1) assert.equal((await tokens(mac, `token ${i}`)).status, 200);
  for (let i = 0; i < 5; i += 1) assert.equal((await tokens(mac, "token 11")).status, 200);
  assert.deepEqual(await quarantines(mac), []);
});

test("two clocks that take turns under one identity are two bodies; a clock that was put right is not", async () => {
  const mac = await enrolledMac(rig, tenant);
  mac.clock = () => rig.clock.now() + 86_400_000;
  const clone = secondBody(mac, { udid: mac.udid, serialNumber: mac.serialNumber, clock: () => rig.clock.now() });
  const turn = async (body: TestMac) => {
    rig.clock.advance(1000);
    const { command } = await body.poll();
    return command === undefined ? undefined : (await body.acknowledge(command.uuid)).status;
  };
  assert.equal(await turn(mac), 200);
  assert.equal(await turn(clone), 200, "once: a clock may be put right");
  assert.deepEqual(await quarantines(mac), []);
  assert.equal(await turn(mac), 200);
  assert.equal(await turn(clone), 200);
  const { id } = await deviceOf(mac);
  await rig.act(tenant, "commands.send-command", { deviceId: id, requestType: "DeviceInformation" });
  await turn(mac);
  await rig.act(tenant, "commands.send-command", { deviceId: id, requestType: "DeviceInformation" });
  await turn(clone);
  const [reason] = await quarantines(mac);
  assert.match(reason ?? "", /its clock went back 3 times within a day/);
});

test("somebody who only pretends to be a Mac that we know is refused, and nobody is held for it", async () => {
  const [a, b] = [await enrolledMac(rig, tenant), await enrolledMac(rig, tenant)];
  assert.equal((await secondBody(a, { udid: b.udid }).poll()).status, 403);
  assert.deepEqual([...(await quarantines(a)), ...(await quarantines(b))], []);
});

test("a Mac in quarantine gets no secret and brings none, may say goodbye, and goes on where it was when a person releases it", async () => {
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("secret") })).status, 200);
  await secondBody(mac).poll();
  const held = await mac.checkIn("GetBootstrapToken");
  assert.deepEqual([held.status, held.bytes.length], [200, 0]);
  assert.equal((await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("other") })).status, 403);
  const { id } = await deviceOf(mac);
  await rig.act(tenant, "devices.release-device", { deviceId: id });
  await rig.settle();
  const given = await mac.checkIn("GetBootstrapToken");
  assert.ok(Buffer.from(given.bytes).includes(Buffer.from("secret").toString("base64")));
  assert.ok((await drain(mac)).length > 0, "its queue was kept");
  await secondBody(mac).poll();
  assert.equal((await quarantines(mac)).length, 2, "the second body is still there: held again");
  assert.equal((await mac.checkIn("CheckOut")).status, 200);
});
