import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { readRow } from "../../testing/read-row.ts";
import { MovableClock } from "../../testing/test-kernel.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac, fetchProfile, invitedMac } from "./testing/enroll-mac.ts";
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

/** A message as somebody recorded it on its way; it can be sent to another door, or to the same after a restart. */
function recording(mac: TestMac, path: "/checkin" | "/mdm", message: PlistDictionary) {
  const body = Buffer.from(buildXmlPlist({ UDID: mac.udid, ...message }));
  const type = path === "/checkin" ? "application/x-apple-aspen-mdm-checkin" : "application/x-apple-aspen-mdm";
  const headers = { "content-type": type, "mdm-signature": mdmSignature(mac.identity!, body, mac.clock()) };
  return async (rig: DeviceRig) => (await fetch(rig.plainUrl + path, { method: "PUT", headers, body })).status;
}
/** Messages that are not in their sender's row yet. */
const logged = (dir: string): number => readRow<{ n: number }>({ dir }, "SELECT count(*) AS n FROM message_log").n;
const refusals = async (rig: DeviceRig) =>
  (await rig.kernel.store.readAfter(0, { types: ["enrollment.refused"], limit: 100 })).map(({ deviceId, data }) => ({
    isNamed: deviceId !== null,
    ...(data as { reason: string; detail?: string }),
  }));

test("what was recorded before a restart is refused after it, changes nothing, and is told of", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-replay-"));
  const clock = new MovableClock(Date.now());
  let mac!: TestMac;
  const sends: Record<string, (rig: DeviceRig) => Promise<number>> = {};
  {
    await using rig = await deviceRig({ clock, dir });
    const tenant = await rig.newTenant("Acme");
    mac = await invitedMac(rig, tenant);
    mac.clock = () => clock.now();
    const topic = { Topic: mac.topic };
    const record = async (name: string, at: "/checkin" | "/mdm", message: PlistDictionary) => {
      sends[name] = recording(mac, at, message);
      assert.equal(await sends[name](rig), 200, name);
      clock.advance(1000);
    };
    await record("Authenticate", "/checkin", { MessageType: "Authenticate", SerialNumber: mac.serialNumber, ...topic });
    const token = { Token: Buffer.from("first"), PushMagic: "first", ...topic };
    await record("TokenUpdate", "/checkin", { MessageType: "TokenUpdate", ...token });
    await rig.settle();
    // Those until here get into the sender's row, those after it are in the log alone.
    await rig.runJob("enrollment/write-message-memory");
    assert.equal(logged(dir), 0);
    await record("SetBootstrapToken", "/checkin", {
      MessageType: "SetBootstrapToken",
      BootstrapToken: Buffer.from("1"),
    });
    await record("GetBootstrapToken", "/checkin", { MessageType: "GetBootstrapToken" });
    const { command } = await mac.poll();
    await record("report", "/mdm", { Status: "Acknowledged", CommandUUID: command!.uuid });
  }
  assert.equal(logged(dir), 3);
  clock.advance(6 * 60_000);
  await using rig = await deviceRig({ clock, dir });
  const facts = async () => (await rig.kernel.store.readAfter(0, { limit: 1000 })).length;
  const before = await facts();
  for (const [name, send] of Object.entries(sends)) assert.equal(await send(rig), 403, name);
  const told = await refusals(rig);
  assert.equal(await facts(), before + told.length, "nothing but the refusal happened");
  assert.deepEqual(
    told.map(({ reason, isNamed }) => [reason, isNamed]),
    [["replay", true]],
    "once a minute and certificate",
  );
  assert.match(told[0]!.detail ?? "", /^Authenticate that was taken in before came again/);
  const fresh = recording(mac, "/checkin", { MessageType: "GetBootstrapToken" });
  assert.equal(await fresh(rig), 200, "the Mac itself goes on");
  rmSync(dir, { recursive: true });
});

test("the same signature, written down in another way, is the same message", async () => {
  await using rig = await deviceRig();
  const mac = await enrolledMac(rig, await rig.newTenant("Acme"));
  const body = Buffer.from(
    buildXmlPlist({ UDID: mac.udid, MessageType: "SetBootstrapToken", BootstrapToken: Buffer.from("1") }),
  );
  const signature = mdmSignature(mac.identity!, body);
  const send = async (header: string) => {
    const headers = { "content-type": "application/x-apple-aspen-mdm-checkin", "mdm-signature": header };
    return (await fetch(`${rig.plainUrl}/checkin`, { method: "PUT", headers, body })).status;
  };
  assert.equal(await send(signature), 200);
  rig.clock.advance(6 * 60_000);
  assert.equal(await send(signature.replace(/=*$/, "")), 403);
  assert.equal(await send(`${signature.slice(0, 40)} ${signature.slice(40)}`), 403);
});

test("a Mac whose clock is a day off, ahead or behind, enrolls, reports and is renewed of its token like any other", async () => {
  for (const offset of [-86_400_000, 86_400_000]) {
    await using rig = await deviceRig();
    const mac = await invitedMac(rig, await rig.newTenant("Acme"));
    mac.clock = () => rig.clock.now() + offset;
    assert.equal((await mac.authenticate()).status, 200);
    assert.equal((await mac.tokenUpdate()).status, 200);
    await rig.settle();
    assert.ok((await drain(mac)).length > 0);
    rig.clock.advance(3_600_000);
    assert.equal((await mac.tokenUpdate()).status, 200);
    assert.deepEqual(await refusals(rig), []);
  }
});

test("a server whose clock was set by a day, forward or back, refuses no Mac", async () => {
  await using rig = await deviceRig();
  const start = rig.clock.now();
  let elapsed = 60_000;
  const mac = await enrolledMac(rig, await rig.newTenant("Acme"));
  mac.clock = () => start + (elapsed += 1000);
  for (const change of [86_400_000, -2 * 86_400_000, 86_400_000]) {
    rig.clock.advance(change);
    assert.equal((await mac.tokenUpdate()).status, 200);
    assert.equal((await mac.poll("NotNow", { CommandUUID: (await mac.poll()).command!.uuid })).status, 200);
  }
  assert.deepEqual(await refusals(rig), []);
});

test("a Mac whose clock is put right while it enrolls, or later, is heard again with the next command that it answers", async () => {
  await using rig = await deviceRig();
  const mac = await invitedMac(rig, await rig.newTenant("Acme"));
  let ahead = 86_400_000;
  mac.clock = () => rig.clock.now() + ahead;
  assert.equal((await mac.authenticate()).status, 200);
  ahead = 43_200_000;
  rig.clock.advance(1000);
  assert.equal((await mac.tokenUpdate()).status, 200, "its clock was set during enrollment");
  await rig.settle();
  const recordedAhead = recording(mac, "/checkin", {
    MessageType: "SetBootstrapToken",
    BootstrapToken: Buffer.from("a"),
  });
  assert.equal(await recordedAhead(rig), 200);
  ahead = 0;
  rig.clock.advance(1000);
  assert.equal((await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("b") })).status, 403);
  const { command } = await mac.poll();
  assert.equal((await mac.acknowledge(command!.uuid)).status, 200, "nobody could have recorded this answer before");
  rig.clock.advance(1000);
  assert.equal((await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("c") })).status, 200);
  rig.clock.advance(6 * 60_000);
  assert.equal(await recordedAhead(rig), 403, "what was taken in from the time ahead stays known");
});

test("an idle poll writes nothing", async () => {
  await using rig = await deviceRig();
  const mac = await enrolledMac(rig, await rig.newTenant("Acme"));
  await drain(mac);
  const { store } = rig.kernel;
  const { write } = store;
  let writes = 0;
  store.write = (scope, body) => {
    writes += 1;
    return write.call(store, scope, body) as ReturnType<typeof body>;
  };
  for (let i = 0; i < 5; i += 1) assert.equal((await mac.poll()).status, 200);
  assert.equal(writes, 0);
  await mac.tokenUpdate();
  assert.equal(writes, 1, "what a message changes and that it was taken in are one transaction");
});
