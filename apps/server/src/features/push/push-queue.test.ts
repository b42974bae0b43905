import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { PushState } from "@pomona/contract";
import type { FactType, TenantId } from "@pomona/facts";
import { type DeviceRig, deviceRig, pushCertificate } from "../../adapters/device-door/testing/device-rig.ts";
import { enrolledMac } from "../../adapters/device-door/testing/enroll-mac.ts";
import type { TestMac } from "../../adapters/device-door/testing/test-mac.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readDeviceBySerial } from "../devices/index.ts";
import { createPush } from "./feature.ts";

const TAKEN = { status: 200, reason: null, apnsId: "x" };
let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  rig.sender.answer = TAKEN;
  tenant = await rig.newTenant("Acme");
});

const state = async () => (await rig.act(tenant, "push.show-push", {})) as PushState;
const idOf = async (mac: TestMac) =>
  (await rig.kernel.store.read(systemScope(tenant, "t"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!.id;
const job = (name: string) =>
  rig.features
    .flatMap(({ jobs }) => jobs ?? [])
    .find((each) => each.name === name)!
    .run();
const told = async (type: FactType) =>
  (await rig.kernel.store.readAfter(0, { tenantId: tenant, types: [type], limit: 100 })).map(({ data }) => data);
const sentTo = (token: string) =>
  rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === token).length;
const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let i = 0; i < 500 && !(await holds()); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(await holds());
};
const quiet = () => new Promise((resolve) => setTimeout(resolve, 700));

test("while the certificate is refused one push tries after each gap, and all that were wished go out when it works", async () => {
  const macs = [await enrolledMac(rig, tenant), await enrolledMac(rig, tenant), await enrolledMac(rig, tenant)];
  const ids = await Promise.all(macs.map(idOf));
  await quiet();
  rig.sender.answer = { status: 403, reason: "BadCertificate", apnsId: "x" };
  const before = rig.sender.sent.length;
  rig.push.wake(tenant, ids[0]!);
  await until(async () => (await state()).state === "refused");
  for (let i = 0; i < 20; i++) for (const id of ids) rig.push.wake(tenant, id);
  await until(async () => (await state()).waiting === 3);
  for (let i = 0; i < 5; i++) await job("push/turn");
  assert.equal(rig.sender.sent.length - before, 1, "no hammering");
  const refused = await state();
  assert.match(refused.advice!, /Renew the certificate/);
  assert.equal(refused.lastFailure!.reason, "BadCertificate");
  rig.clock.advance(61_000);
  await job("push/turn");
  await until(() => rig.sender.sent.length - before === 2);
  await until(async () => (await state()).waiting === 3);
  await job("push/turn");
  rig.sender.answer = TAKEN;
  rig.clock.advance(301_000);
  await job("push/turn");
  await until(async () => (await state()).waiting === 0);
  await until(() => rig.sender.sent.length - before >= 5);
  assert.deepEqual((await told("push.stopped")).length, 1);
  assert.deepEqual(await told("push.resumed"), [{ reason: "worked-again" }]);
  assert.equal((await state()).state, "ready");
});

test("an expired certificate is not even tried with; uploading the renewed one sends at once what was wished", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await quiet();
  rig.clock.advance(366 * 86_400_000);
  const before = sentTo(mac.udid);
  rig.push.wake(tenant, id);
  await until(async () => (await state()).waiting === 1);
  assert.equal(sentTo(mac.udid), before);
  assert.equal((await state()).state, "expired");
  assert.deepEqual(await told("push.stopped"), [{ reason: "certificate-expired", status: 0 }]);
  const { topic } = await state();
  await rig.act(tenant, "push.upload-push-certificate", pushCertificate(rig.authority, topic!, rig.clock.now()));
  await until(() => sentTo(mac.udid) === before + 1);
  assert.deepEqual(await told("push.resumed"), [{ reason: "certificate-changed" }]);
  assert.deepEqual([(await state()).state, (await state()).waiting], ["ready", 0]);
});

test("what was wished while nothing went through is remembered over a restart", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await quiet();
  rig.sender.answer = { status: 0, reason: "ECONNREFUSED", apnsId: "x" };
  rig.push.wake(tenant, id);
  await until(async () => (await state()).state === "unreachable");
  await until(async () => (await state()).waiting === 1);
  await job("push/flush");
  const before = sentTo(mac.udid);
  rig.sender.answer = TAKEN;
  // Another server on the same database, as after a restart.
  const { sender, signing, authority, devices } = rig;
  const enrollment = { ...rig.enrollment, onToken: () => {} };
  const again = createPush(rig.kernel, { crypto: authority.crypto, enrollment, sender, signing, seen: devices.seen });
  await again.feature.start!();
  await again.feature.jobs!.find(({ name }) => name === "push/turn")!.run();
  await until(() => sentTo(mac.udid) === before + 1);
  await again.feature.stop!();
});

test("too many requests for one Mac: it rests, and what is wished meanwhile becomes one push", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await quiet();
  rig.sender.answer = { status: 429, reason: "TooManyRequests", apnsId: "x" };
  const before = sentTo(mac.udid);
  rig.push.wake(tenant, id);
  await until(() => sentTo(mac.udid) === before + 1);
  rig.sender.answer = TAKEN;
  await quiet();
  for (let i = 0; i < 50; i++) rig.push.wake(tenant, id);
  await job("push/turn");
  await quiet();
  assert.equal(sentTo(mac.udid), before + 1);
  rig.clock.advance(31_000);
  await job("push/turn");
  await until(() => sentTo(mac.udid) === before + 2);
  await quiet();
  assert.equal(sentTo(mac.udid), before + 2);
  assert.deepEqual(await told("push.stopped"), []);
});

test("a Mac that sends another token after a refusal is woken at once; a late refusal of the old one changes nothing", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await quiet();
  rig.sender.answer = { status: 410, reason: "Unregistered", apnsId: "x" };
  rig.push.wake(tenant, id);
  await until(async () => (await state()).refusedMacs.length === 1);
  const [refused] = (await state()).refusedMacs;
  assert.deepEqual([refused!.deviceId, refused!.serialNumber, refused!.channel], [id, mac.serialNumber, null]);
  rig.sender.answer = TAKEN;
  await mac.tokenUpdate({ Token: Buffer.from("other") });
  await until(() => sentTo("other") === 1);
  assert.deepEqual((await state()).refusedMacs, []);
  rig.sender.holdNext();
  rig.sender.answer = { status: 410, reason: "Unregistered", apnsId: "x" };
  await quiet();
  rig.push.wake(tenant, id);
  await until(() => sentTo("other") === 2);
  await mac.tokenUpdate({ Token: Buffer.from("third") });
  rig.sender.release();
  await quiet();
  assert.deepEqual((await state()).refusedMacs, []);
});

test("a Mac whose token changes again and again is named once, and is not pushed at each change", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await quiet();
  const before = rig.sender.sent.length;
  for (let i = 0; i < 30; i++) {
    await mac.tokenUpdate({ Token: Buffer.from(i % 2 === 0 ? "even" : "odd") });
    rig.push.wake(tenant, id);
  }
  assert.deepEqual(await told("push.token-flapped"), [{ changes: 6 }]);
  await quiet();
  assert.ok(rig.sender.sent.length - before <= 12, `${rig.sender.sent.length - before} pushes for 30 changes`);
  const calm = rig.sender.sent.length;
  for (let i = 0; i < 30; i++) rig.push.wake(tenant, id);
  await job("push/turn");
  await quiet();
  assert.equal(rig.sender.sent.length, calm, "woken every five minutes at most");
  rig.clock.advance(301_000);
  await job("push/turn");
  await until(() => rig.sender.sent.length === calm + 1);
});

test("a user's channel is woken with its own token and magic, and its refusal is its own", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  const user = {
    UserID: "U-1",
    UserShortName: "ann",
    UserLongName: "Ann",
    Token: Buffer.from("user"),
    PushMagic: "um",
  };
  assert.equal((await mac.tokenUpdate(user)).status, 200);
  await quiet();
  const channel = `${mac.udid}:U-1`;
  rig.push.wake(tenant, id, channel);
  await until(() => sentTo("user") === 1);
  assert.equal(rig.sender.sent.at(-1)!.pushMagic, "um");
  await quiet();
  rig.sender.answer = { status: 410, reason: "Unregistered", apnsId: "x" };
  rig.push.wake(tenant, id, channel);
  await until(async () => (await state()).refusedMacs[0]?.channel === channel);
  rig.sender.answer = TAKEN;
  const before = sentTo(mac.udid);
  rig.push.wake(tenant, id);
  await until(() => sentTo(mac.udid) === before + 1);
  rig.push.wake(tenant, id, channel);
  await quiet();
  assert.equal(sentTo("user"), 2);
  await mac.tokenUpdate({ ...user, Token: Buffer.from("user2") });
  await until(() => sentTo("user2") === 1);
});

test("the state page counts a day's pushes by outcome, over a restart too, and forgets what is older", async () => {
  const mac = await enrolledMac(rig, tenant);
  const id = await idOf(mac);
  await quiet();
  const before = (await state()).lastDay;
  await rig.act(tenant, "push.send-test-push", { deviceId: id });
  await job("push/flush");
  rig.sender.answer = { status: 413, reason: "PayloadTooLarge", apnsId: "x" };
  await rig.act(tenant, "push.send-test-push", { deviceId: id });
  const after = await state();
  assert.deepEqual([after.lastDay.taken - before.taken, after.lastDay.fault], [1, 1]);
  assert.equal(after.lastFailure!.reason, "PayloadTooLarge");
  assert.equal(after.state, "ready", "one Mac's trouble is not everybody's");
  rig.clock.advance(26 * 3_600_000);
  assert.deepEqual((await state()).lastDay.taken, 0);
});

test("a test push tells how long the Mac took to answer, and says so when it did not", async () => {
  const mac = await enrolledMac(rig, tenant);
  const deviceId = await idOf(mac);
  await quiet();
  rig.clock.advance(1000);
  const pushed = rig.act(tenant, "push.send-test-push", { deviceId, waitSeconds: 10 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await mac.poll();
  const { roundTripMs, outcome } = (await pushed) as { roundTripMs: number; outcome: string };
  assert.equal(outcome, "taken");
  assert.ok(roundTripMs >= 50 && roundTripMs < 9000, String(roundTripMs));
  const alone = (await rig.act(tenant, "push.send-test-push", { deviceId, waitSeconds: 1 })) as { roundTripMs: null };
  assert.equal(alone.roundTripMs, null);
});
