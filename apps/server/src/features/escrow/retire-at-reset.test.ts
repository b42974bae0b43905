import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretKind } from "@pomona/facts";
import { type EscrowMac as Mac, newEscrowMac, secretOf, slots } from "../../testing/escrow-mac.ts";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { scheduleRotation } from "./set-rotation.ts";

const newMac = (rig: EscrowRig): Promise<Mac> =>
  newEscrowMac(rig, {
    supervised: true,
    autoAdmins: [{ guid: "0A0A0A0A-0000-4000-8000-00000000AAAA", name: "itadmin" }],
  });
const rotate = (rig: EscrowRig, { tenantId, deviceId }: Mac, kind: SecretKind) =>
  rig.perform("escrow.rotate-secret", rig.person(tenantId), { deviceId, kind });
/** As a Mac does: the queue is emptied, then it is enrolled again. */
async function enrollAgain(rig: EscrowRig, { tenantId, deviceId }: Mac): Promise<void> {
  await rig.reset(tenantId, deviceId);
  await rig.write(tenantId, (tx) =>
    tx.publish({ type: "device.enrolled", deviceId, data: { serialNumber: "S", name: "Test Mac", again: true } }),
  );
  await rig.settle();
}
const giveCode = async (rig: EscrowRig, mac: Mac, code: string) => {
  rig.clock.advance(61_000);
  await rig.job("escrow/fetch-codes");
  await rig.answer(mac.tenantId, "ActivationLockBypassCode", "acknowledged", { ActivationLockBypassCode: code });
};
const lock = async (rig: EscrowRig, mac: Mac) => {
  await rotate(rig, mac, "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", { PasswordVerified: true });
};

test("a Mac that enrolls anew is asked for its bypass code again, and the one from before stays readable", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await giveCode(rig, mac, "OLD00-1234");
  const [first] = (await secretOf(rig, mac, "activationLockDevice")).values;
  await enrollAgain(rig, mac);
  const between = await secretOf(rig, mac, "activationLockDevice");
  assert.deepEqual([between.state, slots(between)], ["missing", ["old"]]);
  await giveCode(rig, mac, "NEW00-1234");
  const after = await secretOf(rig, mac, "activationLockDevice");
  assert.deepEqual([after.state, slots(after)], ["held", ["current", "old"]]);
  const show = async (secretId?: string) => {
    const input = { deviceId: mac.deviceId, kind: "activationLockDevice", reason: "sold to a new owner" };
    const which = secretId === undefined ? input : { ...input, secretId };
    return ((await rig.perform("escrow.reveal-bypass-code", rig.person(mac.tenantId), which)) as { value: string })
      .value;
  };
  assert.equal(await show(), "NEW00-1234");
  assert.equal(await show(first!.id), "OLD00-1234");
});

test("a Mac that was not erased gives the same code again, and it counts as before", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await giveCode(rig, mac, "SAME0-1234");
  await enrollAgain(rig, mac);
  await giveCode(rig, mac, "SAME0-1234");
  assert.deepEqual(slots(await secretOf(rig, mac, "activationLockDevice")), ["current"]);
});

test("a recovery lock ends with the enrollment: the next one is set without the old password, which stays in the history", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await lock(rig, mac);
  const { id } = (await secretOf(rig, mac, "recoveryLock")).values[0]!;
  await enrollAgain(rig, mac);
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([after.state, slots(after)], ["missing", ["old"]]);
  assert.equal(after.values[0]?.note, "the Mac enrolled anew or left");
  const input = { deviceId: mac.deviceId, kind: "recoveryLock", reason: "needed in recoveryOS", secretId: id };
  const shown = (await rig.perform("escrow.reveal-password", rig.person(mac.tenantId), input)) as { slot: string };
  assert.equal(shown.slot, "old");
  await rotate(rig, mac, "recoveryLock");
  assert.deepEqual(Object.keys(rig.sent.at(-1)!.input), ["newPassword"]);
});

test("a lock without an answer is void after a new enrollment, and a planned replacement sets none by itself", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await lock(rig, mac);
  await rotate(rig, mac, "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "cancelled", null);
  assert.deepEqual(slots(await secretOf(rig, mac, "recoveryLock")), ["pending", "current"]);
  await rig.write(mac.tenantId, (tx) =>
    scheduleRotation(tx, mac.deviceId, "recoveryLock", { reason: "reveal", dueAt: tx.now + 1 }),
  );
  await enrollAgain(rig, mac);
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([slots(after), after.rotation?.state], [["old", "old"], "failed"]);
  rig.clock.advance(1000);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(rig.sent, []);
});

test("what does not end with an enrollment is held through it: a firmware password, the administrator's password", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await rotate(rig, mac, "adminPassword");
  await rig.answer(mac.tenantId, "SetAutoAdminPassword", "acknowledged");
  await rotate(rig, mac, "firmwarePassword");
  await rig.answer(mac.tenantId, "SetFirmwarePassword", "acknowledged");
  await enrollAgain(rig, mac);
  assert.deepEqual(slots(await secretOf(rig, mac, "adminPassword")), ["current"]);
  const firmware = await secretOf(rig, mac, "firmwarePassword");
  assert.deepEqual([slots(firmware), firmware.rotation?.state], [["pending"], "waiting"]);
});
