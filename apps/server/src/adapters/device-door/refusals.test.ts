import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnrollmentRefusal } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { buildXmlPlist } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import { mdmSignature, TestMac } from "./testing/test-mac.ts";

const listed = async (rig: DeviceRig, tenant: TenantId, input: Record<string, unknown> = {}) =>
  (await rig.act(tenant, "enrollment.list-refusals", input)) as {
    items: EnrollmentRefusal[];
    nextCursor: string | null;
  };

test("a message that is played back is on its tenant's list: whose it was, what it said, from where, how often", async () => {
  await using rig = await deviceRig();
  const tenant = await rig.newTenant("Acme");
  const other = await rig.newTenant("Vineyard");
  const mac = await enrolledMac(rig, tenant);
  const message = { UDID: mac.udid, MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("1") };
  const body = Buffer.from(buildXmlPlist(message));
  const signature = mdmSignature(mac.identity!, body, rig.clock.now());
  const headers = { "content-type": "application/x-apple-aspen-mdm-checkin", "mdm-signature": signature };
  const send = async () => (await fetch(`${rig.plainUrl}/checkin`, { method: "PUT", headers, body })).status;
  assert.equal(await send(), 200);
  assert.deepEqual((await listed(rig, tenant)).items, []);
  rig.clock.advance(6 * 60_000);
  const began = rig.clock.now();
  for (let i = 0; i < 3; i++) assert.equal(await send(), 403);
  const [first, ...rest] = (await listed(rig, tenant)).items;
  assert.equal(rest.length, 0);
  assert.equal(
    first!.deviceId,
    (await rig.kernel.store.readAfter(0, { types: ["device.enrolled"], limit: 1 }))[0]!.deviceId,
  );
  assert.notEqual(first!.deviceName, null);
  assert.match(first!.address ?? "", /127\.0\.0\.1|::1/);
  assert.match(first!.detail ?? "", /^SetBootstrapToken that was taken in before came again/);
  assert.deepEqual([first!.reason, first!.claimedUdid, first!.times], ["replay", mac.udid, 1]);
  rig.clock.advance(61_000);
  assert.equal(await send(), 403);
  const [again, ...more] = (await listed(rig, tenant, { reason: "replay" })).items;
  assert.deepEqual([again!.id, again!.times, more.length], [first!.id, 4, 0], "one row, with those in between");
  assert.deepEqual(
    [again!.firstAt, again!.lastAt],
    [began, began + 61_000].map((at) => new Date(at).toISOString()),
  );
  assert.deepEqual((await listed(rig, tenant, { reason: "expired" })).items, []);
  assert.deepEqual((await listed(rig, other)).items, []);
});

test("a stranger that is refused is listed though it never became a Mac, with the serial number that it gave", async () => {
  await using rig = await deviceRig();
  const tenant = await rig.newTenant("Acme");
  const mac = await enrolledMac(rig, tenant);
  const stranger = await invitedMac(rig, tenant, new TestMac(rig.plainUrl, mac.serialNumber));
  assert.equal((await stranger.authenticate()).status, 403);
  rig.clock.advance(1000);
  assert.equal(
    (await mac.checkIn("TokenUpdate", { Token: Buffer.from("t"), PushMagic: "m", Topic: "else" })).status,
    403,
  );
  const all = (await listed(rig, tenant)).items;
  assert.deepEqual(
    all.map((each) => [each.reason, each.deviceId === null, each.claimedSerialNumber, each.claimedUdid]),
    [
      ["wrong-topic", false, null, mac.udid],
      ["known-device", true, mac.serialNumber, stranger.udid],
    ],
    "newest first",
  );
  const page = await listed(rig, tenant, { limit: 1 });
  assert.deepEqual(page.items, all.slice(0, 1));
  const next = await listed(rig, tenant, { limit: 1, cursor: page.nextCursor });
  assert.deepEqual([next.items, next.nextCursor], [all.slice(1), null]);
  await assert.rejects(listed(rig, tenant, { cursor: "x" }), { code: "enrollment.cursor" });
});
