import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceId, SecretKind } from "@pomona/facts";
import { buildXmlPlist } from "@pomona/plist";
import { type EscrowMac as Mac, newEscrowMac as newMac, secretOf, slots } from "../../testing/escrow-mac.ts";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { enrolledMacs, SCOPE, TENANT, testBatches } from "../../testing/test-batches.ts";
import { rotationMigrations } from "./rotations.sql.ts";
import { SecretBook } from "./secret-book.ts";
import { readHeld, secretMigrations } from "./secrets.sql.ts";
import { keepSetPassword, SET_COMMANDS } from "./set-by-command.ts";

const rotate = (rig: EscrowRig, { tenantId, deviceId }: Mac, kind: SecretKind) =>
  rig.perform("escrow.rotate-secret", rig.person(tenantId), { deviceId, kind });
const reveal = async (rig: EscrowRig, { tenantId, deviceId }: Mac, kind: SecretKind = "recoveryLock") => {
  const input = { deviceId, kind, reason: "needed in recoveryOS" };
  return ((await rig.perform("escrow.reveal-password", rig.person(tenantId), input)) as { value: string }).value;
};
const send = (rig: EscrowRig, { tenantId, deviceId }: Mac, newPassword: string, requestType = "SetRecoveryLock") =>
  rig.queueByHand(tenantId, deviceId, requestType, { newPassword });
const verified = (isRight: boolean) => ({ PasswordVerified: isRight });
/** One that somebody set, and the Mac proved. */
async function setAndProve(rig: EscrowRig, mac: Mac, password: string): Promise<void> {
  await send(rig, mac, password);
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
}
/** An Intel Mac says that no change of its firmware password waits. */
async function restarted(rig: EscrowRig, { tenantId, deviceId }: Mac): Promise<void> {
  rig.sent.push({ id: rig.id("inventory"), deviceId, requestType: "SecurityInfo", input: {} });
  await rig.answer(tenantId, "SecurityInfo", "acknowledged", {
    SecurityInfo: { FirmwarePasswordStatus: { PasswordExists: true, ChangePending: false } },
  });
}
const sentTypes = (rig: EscrowRig) => rig.sent.map(({ requestType }) => requestType);

test("a recovery lock that somebody sets by command is in escrow before it is sent, counts when acknowledged, and is proved", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig, { appleSilicon: true });
  await send(rig, mac, "by hand 1");
  const before = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([before.state, slots(before), before.rotation], ["unconfirmed", ["pending"], null]);
  assert.equal(await reveal(rig, mac), "by hand 1");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  assert.deepEqual(slots(await secretOf(rig, mac, "recoveryLock")), ["current"]);
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual(
    [after.state, after.verdict, after.rotation?.state, after.rotation?.reason],
    ["held", "right", "done", "command"],
  );
  await rotate(rig, mac, "recoveryLock");
  assert.equal(rig.sent.at(-1)?.input["currentPassword"], "by hand 1");
});

test("a lock set by command that the Mac refuses, or never gets, takes nothing's place", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await setAndProve(rig, mac, "the one that counts");
  await send(rig, mac, "refused");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "error", {}, { error: "The existing password is not correct." });
  await send(rig, mac, "cancelled");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "cancelled", null, { sentAt: null });
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([slots(after), after.rotation?.state], [["current", "old", "old"], "done"]);
  assert.equal(await reveal(rig, mac), "the one that counts");
  await assert.rejects(
    rig.queueByHand(mac.tenantId, mac.deviceId, "SetRecoveryLock", { newPassword: "not queued" }, { fails: true }),
  );
  assert.equal((await secretOf(rig, mac, "recoveryLock")).values.length, 3, "what was not queued is not held");
});

test("an empty or absent new password takes the lock off: what was held is history, once the Mac has acknowledged", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await setAndProve(rig, mac, "first");
  await send(rig, mac, "");
  assert.deepEqual(slots(await secretOf(rig, mac, "recoveryLock")), ["current"]);
  await rig.answer(mac.tenantId, "SetRecoveryLock", "error", {}, { error: "no" });
  assert.deepEqual(slots(await secretOf(rig, mac, "recoveryLock")), ["current"]);
  const plist = Buffer.from(
    buildXmlPlist({ RequestType: "SetRecoveryLock", CurrentPassword: "first" }) as Uint8Array,
  ).toString("base64");
  await rig.queueByHand(mac.tenantId, mac.deviceId, "SetRecoveryLock", { plist }, { isRaw: true });
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([after.state, slots(after)], ["missing", ["old"]]);
  await rotate(rig, mac, "recoveryLock");
  assert.deepEqual(Object.keys(rig.sent.at(-1)!.input), ["newPassword"]);
});

test("a firmware password set by command counts from the next start, and until then none is set over it", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig, { appleSilicon: false });
  await send(rig, mac, "by hand", "SetFirmwarePassword");
  await rig.answer(mac.tenantId, "SetFirmwarePassword", "acknowledged");
  const waiting = await secretOf(rig, mac, "firmwarePassword");
  assert.deepEqual([slots(waiting), waiting.rotation?.state], [["pending"], "waiting"]);
  await assert.rejects(rotate(rig, mac, "firmwarePassword"), { code: "escrow.rotation-under-way" });
  // The Mac takes no second change before it started again.
  await send(rig, mac, "too early", "SetFirmwarePassword");
  await restarted(rig, mac);
  assert.deepEqual(sentTypes(rig), ["SetFirmwarePassword"], "what is on its way is not what waited for the start");
  await rig.answer(mac.tenantId, "SetFirmwarePassword", "error", {}, { error: "It was not changed." });
  assert.equal(await reveal(rig, mac, "firmwarePassword"), "by hand");
  await restarted(rig, mac);
  await rig.answer(mac.tenantId, "VerifyFirmwarePassword", "acknowledged", {
    VerifyFirmwarePassword: { PasswordVerified: true },
  });
  const after = await secretOf(rig, mac, "firmwarePassword");
  assert.deepEqual([after.state, after.verdict, after.rotation?.state], ["held", "right", "done"]);
});

test("no rotation is begun while a password set by command is under way, and one that is under way goes on", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await send(rig, mac, "by hand 1");
  await assert.rejects(rotate(rig, mac, "recoveryLock"), { code: "escrow.set-under-way", message: /SetRecoveryLock/ });
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
  await rotate(rig, mac, "recoveryLock");
  const made = String(rig.sent.at(-1)!.input["newPassword"]);
  await send(rig, mac, "by hand 2");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  assert.equal(await reveal(rig, mac), made);
  await rig.answer(mac.tenantId, "SetRecoveryLock", "error", {}, { error: "The existing password is not correct." });
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([after.rotation?.state, after.verdict, slots(after)], ["done", "right", ["current", "old", "old"]]);
  assert.equal(await reveal(rig, mac), made);
});

test("where a command sets another password before ours was proved, the proof of that one ends the rotation", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await rotate(rig, mac, "recoveryLock");
  await send(rig, mac, "by hand");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(false));
  assert.equal((await secretOf(rig, mac, "recoveryLock")).rotation?.state, "validating");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([after.rotation?.state, after.verdict, slots(after)], ["done", "right", ["current", "old"]]);
  assert.equal(await reveal(rig, mac), "by hand");
});

test("a firmware password that is taken off while another waits for its start leaves nothing held, and no rotation that waits", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig, { appleSilicon: false });
  await send(rig, mac, "by hand", "SetFirmwarePassword");
  await rig.answer(mac.tenantId, "SetFirmwarePassword", "acknowledged");
  await send(rig, mac, "", "SetFirmwarePassword");
  await rig.answer(mac.tenantId, "SetFirmwarePassword", "acknowledged");
  const after = await secretOf(rig, mac, "firmwarePassword");
  assert.deepEqual([after.state, slots(after), after.rotation?.state], ["missing", ["old"], "failed"]);
  await rotate(rig, mac, "firmwarePassword");
  assert.deepEqual(sentTypes(rig), ["SetFirmwarePassword"]);
});

test("a lock that is taken off leaves the one that is on its way after it", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await setAndProve(rig, mac, "first");
  await send(rig, mac, "");
  await send(rig, mac, "next");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  assert.deepEqual(slots(await secretOf(rig, mac, "recoveryLock")), ["pending", "old"]);
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  assert.equal(await reveal(rig, mac), "next");
});

test("a planned replacement waits until the Mac has answered to what somebody set by command", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await setAndProve(rig, mac, "seen");
  await reveal(rig, mac);
  await send(rig, mac, "by hand");
  rig.clock.advance(61 * 60_000);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(sentTypes(rig), ["SetRecoveryLock"]);
  assert.equal((await secretOf(rig, mac, "recoveryLock")).rotation?.state, "scheduled");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "error", {}, { error: "no" });
  rig.clock.advance(5 * 60_000);
  await rig.job("escrow/rotate-due");
  assert.equal(rig.sent[0]?.input["currentPassword"], "seen");
});

test("a password whose fate is unknown waits again to be asked about when the next one is refused", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await send(rig, mac, "nobody knows");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "expired", null);
  await send(rig, mac, "refused");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "error", {}, { error: "no" });
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual(slots(after), ["pending", "old"]);
  assert.equal(await reveal(rig, mac), "nobody knows");
});

test("nothing is built on a lock that the Mac says is wrong; a person is told what to do, and doing it mends it", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await setAndProve(rig, mac, "stale");
  await rig.perform("escrow.verify-secret", rig.person(mac.tenantId), { deviceId: mac.deviceId, kind: "recoveryLock" });
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(false));
  const broken = await secretOf(rig, mac, "recoveryLock");
  assert.equal(broken.state, "broken");
  assert.match(broken.advice ?? "", /SetRecoveryLock with the password that the Mac has/);
  await assert.rejects(rotate(rig, mac, "recoveryLock"), {
    code: "escrow.held-is-wrong",
    message: /SetRecoveryLock with the password that the Mac has as currentPassword/,
  });
  assert.deepEqual(sentTypes(rig), []);
  await setAndProve(rig, mac, "mended");
  await rotate(rig, mac, "recoveryLock");
  assert.equal(rig.sent.at(-1)?.input["currentPassword"], "mended");
});

test("what a batch or a raw property list sets is kept for each Mac, from the queue itself", async () => {
  const stage = await testBatches(undefined, undefined, [...secretMigrations, ...rotationMigrations]);
  await using kernel = stage.kernel;
  const book = new SecretBook(kernel.vault);
  stage.commands.onQueue(SET_COMMANDS, keepSetPassword({ book }));
  const ids = await enrolledMacs(kernel, 3);
  const held = (deviceId: DeviceId) =>
    kernel.store.read(SCOPE, async (tx) => {
      const row = await readHeld(tx, deviceId, "recoveryLock", "pending");
      return row && book.text(TENANT, row);
    });
  const input = { newPassword: "for all of them" };
  await stage.act("batches.create", { requestType: "SetRecoveryLock", filter: {}, deviceIds: ids, input });
  stage.clock.advance(60_000);
  await stage.carryOut();
  for (const id of ids) assert.equal(await held(id), "for all of them");
  const plist = Buffer.from(
    buildXmlPlist({ Command: { RequestType: "SetRecoveryLock", NewPassword: "raw" } }) as Uint8Array,
  ).toString("base64");
  await stage.act("commands.send-raw-command", { deviceId: ids[0], plist });
  assert.equal(await held(ids[0]!), "raw");
  assert.equal(await held(ids[1]!), "for all of them");
});
