import assert from "node:assert/strict";
import { test } from "node:test";
import type { SecretKind } from "@pomona/facts";
import { type EscrowMac as Mac, newEscrowMac as newMac, secretOf, slots } from "../../testing/escrow-mac.ts";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { mergeDeviceFacts } from "../devices/index.ts";

const act = (rig: EscrowRig, { tenantId, deviceId }: Mac, what: string, kind: SecretKind) =>
  rig.perform(`escrow.${what}-secret`, rig.person(tenantId), { deviceId, kind });
const reveal = async (rig: EscrowRig, { tenantId, deviceId }: Mac, kind: SecretKind, secretId?: string) => {
  const input = { deviceId, kind, reason: "needed in recoveryOS", ...(secretId === undefined ? {} : { secretId }) };
  return ((await rig.perform("escrow.reveal-password", rig.person(tenantId), input)) as { value: string }).value;
};
const verified = (isRight: boolean) => ({ PasswordVerified: isRight });

test("a recovery lock is in escrow before it is sent, counts when the Mac acknowledged, and is proved", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig, { appleSilicon: true });
  await act(rig, mac, "rotate", "recoveryLock");
  const before = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([before.state, slots(before)], ["unconfirmed", ["pending"]]);
  const [command] = rig.sent;
  assert.deepEqual(Object.keys(command!.input), ["newPassword"], "none was set before");
  const password = String(command!.input["newPassword"]);
  assert.match(password, /^([A-Za-z0-9]{4}-){4}[A-Za-z0-9]{4}$/);
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  assert.equal((await secretOf(rig, mac, "recoveryLock")).rotation?.state, "validating");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual(
    [after.state, after.verdict, after.rotation?.state, slots(after)],
    ["held", "right", "done", ["current"]],
  );
  assert.equal(await reveal(rig, mac, "recoveryLock"), password);
  await act(rig, mac, "rotate", "recoveryLock");
  assert.equal(rig.sent.at(-1)?.input["currentPassword"], password);
});

test("a lock that the Mac refused is not the one; what was held before is", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await act(rig, mac, "rotate", "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "acknowledged", verified(true));
  const first = await reveal(rig, mac, "recoveryLock");
  await act(rig, mac, "rotate", "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "error", {}, { error: "The existing password is not correct." });
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([slots(after), after.rotation?.state], [["current", "old"], "failed"]);
  assert.match(after.rotation?.error ?? "", /The Mac refused: The existing password is not correct/);
  assert.equal(await reveal(rig, mac, "recoveryLock"), first);
});

test("after a lost answer both passwords are kept, and the Mac says which one counts before the next is set", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await act(rig, mac, "rotate", "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "expired", null);
  assert.deepEqual(slots(await secretOf(rig, mac, "recoveryLock")), ["pending"]);
  await act(rig, mac, "rotate", "recoveryLock");
  assert.deepEqual(
    rig.sent.map(({ requestType }) => requestType),
    ["VerifyRecoveryLock"],
  );
  await rig.answer(mac.tenantId, "VerifyRecoveryLock", "error", verified(false));
  assert.equal((await secretOf(rig, mac, "recoveryLock")).rotation?.state, "scheduled");
  await rig.job("escrow/rotate-due");
  assert.deepEqual(
    rig.sent.map(({ requestType }) => requestType),
    ["SetRecoveryLock"],
  );
});

test("a lock that was cancelled before it was sent is on no Mac", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await act(rig, mac, "rotate", "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "cancelled", null, { sentAt: null });
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([slots(after), after.values[0]?.note], [["old"], "it never reached the Mac"]);
});

test("a lock is taken off the Mac with the password that is held, and stays in the history", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await assert.rejects(act(rig, mac, "clear", "recoveryLock"), { code: "escrow.nothing-held" });
  await act(rig, mac, "rotate", "recoveryLock");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  await act(rig, mac, "clear", "recoveryLock");
  assert.equal(rig.sent.at(-1)?.input["newPassword"], "");
  await rig.answer(mac.tenantId, "SetRecoveryLock", "acknowledged");
  const after = await secretOf(rig, mac, "recoveryLock");
  assert.deepEqual([after.state, slots(after)], ["missing", ["old"]]);
});

test("a firmware password counts from the next start, and until then the old one does", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig, { appleSilicon: false });
  await act(rig, mac, "rotate", "firmwarePassword");
  await rig.answer(mac.tenantId, "SetFirmwarePassword", "acknowledged", {
    SetFirmwarePassword: { PasswordChanged: true },
  });
  const waiting = await secretOf(rig, mac, "firmwarePassword");
  assert.deepEqual([waiting.rotation?.state, slots(waiting)], ["waiting", ["pending"]]);
  const status = (isPending: boolean) => ({
    SecurityInfo: { FirmwarePasswordStatus: { PasswordExists: true, ChangePending: isPending } },
  });
  const inventory = async (isPending: boolean) => {
    rig.sent.push({ id: rig.id("inventory"), deviceId: mac.deviceId, requestType: "SecurityInfo", input: {} });
    await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", status(isPending));
  };
  await inventory(true);
  assert.deepEqual(rig.sent, []);
  await inventory(false);
  await rig.answer(mac.tenantId, "VerifyFirmwarePassword", "acknowledged", {
    VerifyFirmwarePassword: { PasswordVerified: true },
  });
  const after = await secretOf(rig, mac, "firmwarePassword");
  assert.deepEqual([after.rotation?.state, slots(after), after.verdict], ["done", ["current"], "right"]);
});

test("each chip has its own lock, and the other one's is refused in words", async () => {
  await using rig = await escrowRig();
  const apple = await newMac(rig, { appleSilicon: true });
  const intel = await newMac(rig, { appleSilicon: false });
  await assert.rejects(act(rig, apple, "rotate", "firmwarePassword"), {
    code: "escrow.wrong-chip",
    message: /Apple silicon/,
  });
  await assert.rejects(act(rig, intel, "rotate", "recoveryLock"), { code: "escrow.wrong-chip", message: /Intel/ });
  assert.equal((await secretOf(rig, apple, "firmwarePassword")).state, "notPossible");
});

test("the managed administrator's password goes out as a hash and stays here as a password", async () => {
  await using rig = await escrowRig();
  const none = await newMac(rig);
  await assert.rejects(act(rig, none, "rotate", "adminPassword"), {
    code: "escrow.cannot-rotate",
    message: /no administrator/,
  });
  const guid = "0A0A0A0A-0000-4000-8000-00000000AAAA";
  const mac = await newMac(rig, { autoAdmins: [{ guid, name: "itadmin" }] });
  await act(rig, mac, "rotate", "adminPassword");
  const [command] = rig.sent;
  assert.equal(command?.input["guid"], guid);
  await rig.answer(mac.tenantId, "SetAutoAdminPassword", "acknowledged");
  const password = await reveal(rig, mac, "adminPassword");
  assert.ok(!JSON.stringify(command).includes(password));
  assert.deepEqual((await secretOf(rig, mac, "adminPassword")).values[0]?.note, "itadmin");
});

test("the PIN of a lock is in escrow in the transaction that queues it, and with it goes", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig);
  await rig.queueByHand(mac.tenantId, mac.deviceId, "DeviceLock", { pin: "481516" });
  const held = await secretOf(rig, mac, "lockPin");
  assert.deepEqual([held.state, slots(held)], ["unconfirmed", ["pending"]]);
  await rig.answer(mac.tenantId, "DeviceLock", "acknowledged");
  assert.deepEqual(slots(await secretOf(rig, mac, "lockPin")), ["current"]);
  const input = { deviceId: mac.deviceId, reason: "the Mac was found again" };
  const shown = (await rig.perform("escrow.reveal-lock-pin", rig.person(mac.tenantId), input)) as { value: string };
  assert.equal(shown.value, "481516");
  await assert.rejects(rig.queueByHand(mac.tenantId, mac.deviceId, "DeviceLock", { pin: "999999" }, { fails: true }));
  assert.deepEqual(slots(await secretOf(rig, mac, "lockPin")), ["current"], "what was not queued is not held");
  assert.equal(rig.sent.length, 0);
});

test("a bypass code is fetched from supervised Macs while they hand it out, and told of before the days are over", async () => {
  await using rig = await escrowRig();
  const mac = await newMac(rig, { supervised: true });
  const personal = await rig.newMac(mac.tenantId, { name: "Personal" });
  await rig.write(mac.tenantId, (tx) => mergeDeviceFacts(tx, personal, { facts: { supervised: false } }));
  const day = 86_400_000;
  const overview = async () =>
    (
      (await rig.perform("escrow.show-escrow", rig.person(mac.tenantId), {})) as {
        expiringCodes: { items: { deviceId: string; why: string }[] };
      }
    ).expiringCodes.items;
  rig.clock.advance(61_000);
  await rig.job("escrow/fetch-codes");
  assert.deepEqual(
    rig.sent.map(({ deviceId }) => deviceId),
    [mac.deviceId],
  );
  await rig.answer(mac.tenantId, "ActivationLockBypassCode", "error", null, { error: "There is no code." });
  rig.clock.advance(11 * day);
  await rig.job("escrow/fetch-codes");
  assert.deepEqual(
    (await overview()).map(({ deviceId }) => deviceId),
    [mac.deviceId],
  );
  assert.match((await overview())[0]!.why, /There is no code/);
  assert.equal(rig.facts.filter(({ type }) => type === "escrow.code-expiring").length, 1);
  await rig.answer(mac.tenantId, "ActivationLockBypassCode", "acknowledged", {
    ActivationLockBypassCode: "0D2NG-1234",
  });
  assert.deepEqual(await overview(), []);
  const input = { deviceId: mac.deviceId, kind: "activationLockDevice", reason: "sold to a new owner" };
  // Asked once more, the Mac gives the same one.
  await rig.queueByHand(mac.tenantId, mac.deviceId, "ActivationLockBypassCode", {});
  await rig.answer(mac.tenantId, "ActivationLockBypassCode", "acknowledged", {
    ActivationLockBypassCode: "0D2NG-1234",
  });
  const shown = (await rig.perform("escrow.reveal-bypass-code", rig.person(mac.tenantId), input)) as { value: string };
  assert.equal(shown.value, "0D2NG-1234");
  rig.clock.advance(10 * day);
  await rig.job("escrow/fetch-codes");
  assert.deepEqual(rig.sent, [], "after fifteen days nobody is asked any more");
});
