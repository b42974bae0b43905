import assert from "node:assert/strict";
import { test } from "node:test";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { fetchProfile, invitedMac } from "./testing/enroll-mac.ts";
import { mdmSignature, requestIdentity, type TestMac } from "./testing/test-mac.ts";

/** A check-in as somebody recorded it. */
function recorded(rig: DeviceRig, mac: TestMac, message: PlistDictionary) {
  const body = Buffer.from(buildXmlPlist({ UDID: mac.udid, Topic: mac.topic, ...message }));
  const headers = {
    "content-type": "application/x-apple-aspen-mdm-checkin",
    "mdm-signature": mdmSignature(mac.identity!, body, rig.clock.now()),
  };
  return async () => (await fetch(`${rig.plainUrl}/checkin`, { method: "PUT", headers, body })).status;
}

test("an enrollment that is played back undoes nothing: at once it changes nothing, after six minutes it is 403", async () => {
  await using rig = await deviceRig();
  const tenant = await rig.newTenant("Acme");
  const mac = await invitedMac(rig, tenant);
  const authenticate = recorded(rig, mac, { MessageType: "Authenticate", SerialNumber: mac.serialNumber });
  const update = recorded(rig, mac, { MessageType: "TokenUpdate", Token: Buffer.from("old"), PushMagic: "old" });
  assert.equal(await authenticate(), 200);
  assert.equal(await authenticate(), 200, "the answer was lost");
  assert.equal(await update(), 200);
  rig.clock.advance(1_000);
  assert.equal((await mac.tokenUpdate()).status, 200);
  await rig.settle();
  const count = async () => (await rig.kernel.store.readAfter(0, { types: ["device.enrolled"], limit: 100 })).length;
  const [enrolled] = await rig.kernel.store.readAfter(0, { types: ["device.enrolled"], limit: 1 });
  const isPushable = async () => {
    rig.sender.sent.length = 0;
    await rig.act(tenant, "push.send-test-push", { deviceId: enrolled!.deviceId });
    return Buffer.from(rig.sender.sent[0]!.pushToken).toString();
  };
  assert.equal(await authenticate(), 200);
  assert.equal(await isPushable(), mac.udid, "still enrolled, with its token");
  assert.notEqual((await mac.poll()).command, undefined, "its queue is as it was");
  rig.clock.advance(6 * 60_000);
  assert.equal(await authenticate(), 403);
  assert.equal(await update(), 403);
  assert.equal(await isPushable(), mac.udid);
  assert.equal(await count(), 1);
});

test("of many Macs that use one invitation at the same moment no more get in than it is for", async () => {
  await using rig = await deviceRig();
  const invitation = await rig.invite(await rig.newTenant("Acme"), { maxUses: 2 });
  const profiles = await Promise.all(Array.from({ length: 8 }, () => fetchProfile(rig, invitation)));
  const replies = await Promise.all(profiles.map(({ scepUrl, challenge }) => requestIdentity(scepUrl, challenge)));
  assert.equal(replies.filter(({ reply }) => reply.status === "success").length, 2);
});
