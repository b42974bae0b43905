import assert from "node:assert/strict";
import { test } from "node:test";
import type { Secret } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { parseCertificate } from "@pomona/pki";
import { type EscrowRig, envelopeOf, escrowRig } from "../../testing/escrow-rig.ts";
import { EscrowKeys } from "./escrow-keys.ts";

const FIRST = "AAAA-BBBB-CCCC-DDDD-EEEE-1111";
const SECOND = "FFFF-GGGG-HHHH-JJJJ-KKKK-2222";

interface Mac {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
}

async function macWithProfile(rig: EscrowRig): Promise<Mac> {
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  await rig.job("escrow/send-profiles");
  await rig.answer(tenantId, "InstallProfile", "acknowledged");
  return { tenantId, deviceId };
}
const keysOf = (rig: EscrowRig) => new EscrowKeys(rig.kernel, rig.authority);
const certificateOf = async (rig: EscrowRig, { tenantId }: Mac) => (await keysOf(rig).current(tenantId)).certificate;
const securityInfo = (cms: Uint8Array) => ({ SecurityInfo: { FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: cms } });
const keyOf = async (rig: EscrowRig, { tenantId, deviceId }: Mac): Promise<Secret> => {
  const page = (await rig.perform("escrow.list-secrets", rig.person(tenantId), { deviceId })) as { items: Secret[] };
  return page.items.find(({ kind }) => kind === "fileVaultKey")!;
};
const reveal = async (rig: EscrowRig, { tenantId, deviceId }: Mac, secretId?: string): Promise<string> => {
  const input = { deviceId, reason: "the user forgot the password", ...(secretId === undefined ? {} : { secretId }) };
  return ((await rig.perform("escrow.reveal-recovery-key", rig.person(tenantId), input)) as { value: string }).value;
};

/** A Mac whose first key is proved. */
async function macWithKey(rig: EscrowRig): Promise<Mac> {
  const mac = await macWithProfile(rig);
  const cms = envelopeOf(FIRST, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(cms));
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  return mac;
}
const rotate = (rig: EscrowRig, { tenantId, deviceId }: Mac) =>
  rig.perform("escrow.rotate-secret", rig.person(tenantId), { deviceId, kind: "fileVaultKey" });

test("a Mac that enrolls gets the escrow profile, and its key is held once the Mac has proved it", async () => {
  await using rig = await escrowRig();
  const mac = await macWithProfile(rig);
  assert.equal((await keyOf(rig, mac)).state, "missing");
  assert.match((await keyOf(rig, mac)).advice ?? "", /next key that is made comes here/);
  const cms = envelopeOf(FIRST, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(cms));
  assert.equal((await keyOf(rig, mac)).state, "unconfirmed");
  const order = await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  assert.equal(order.input["prk"], FIRST);
  const held = await keyOf(rig, mac);
  assert.deepEqual([held.state, held.verdict, held.values.map(({ slot }) => slot)], ["held", "right", ["current"]]);
  assert.equal(await reveal(rig, mac), FIRST);
});

test("a new key takes the old one's place only when it was decrypted and the Mac proved it; the old one stays readable", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  assert.deepEqual(await rotate(rig, mac), { state: "sent", waitsFor: "the Mac's answer" });
  await assert.rejects(rotate(rig, mac), { code: "escrow.rotation-under-way" });
  const [command] = rig.sent;
  assert.equal(command?.input["unlockSecret"], FIRST);
  const reply = parseCertificate(Buffer.from(String(command?.input["replyCertificate"]), "base64"));
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "acknowledged", {
    RotateResult: { EncryptedNewRecoveryKey: envelopeOf(SECOND, reply) },
  });
  const between = await keyOf(rig, mac);
  assert.deepEqual(
    between.values.map(({ slot }) => slot),
    ["pending", "current"],
  );
  assert.equal(between.rotation?.state, "validating");
  assert.equal(await reveal(rig, mac), FIRST, "until the Mac has proved the new one, the old one counts");
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  const after = await keyOf(rig, mac);
  assert.deepEqual([after.rotation?.state, after.values.map(({ slot }) => slot)], ["done", ["current", "old"]]);
  assert.equal(await reveal(rig, mac), SECOND);
  assert.equal(await reveal(rig, mac, after.values[1]!.id), FIRST);
});

test("a new key that the Mac does not take leaves the old one current", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  await rotate(rig, mac);
  const cms = envelopeOf(SECOND, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "acknowledged", {
    RotateResult: { EncryptedNewRecoveryKey: cms },
  });
  await rig.finish(mac, "validate-recovery-key", { verdict: "wrong" });
  const after = await keyOf(rig, mac);
  assert.deepEqual([after.rotation?.state, after.values.map(({ slot }) => slot)], ["failed", ["current", "old"]]);
  assert.equal(await reveal(rig, mac), FIRST);
});

test("when the answer has no key, SecurityInfo is asked for it", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  await rotate(rig, mac);
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "acknowledged", {});
  assert.equal((await keyOf(rig, mac)).rotation?.state, "sent");
  const cms = envelopeOf(SECOND, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(cms));
  assert.equal((await keyOf(rig, mac)).rotation?.state, "validating");
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  assert.equal(await reveal(rig, mac), SECOND);
});

test("a Mac that dies in the middle keeps both keys, and the next rotation begins by asking which one counts", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  await rotate(rig, mac);
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "expired", null);
  assert.match((await keyOf(rig, mac)).rotation?.error ?? "", /both are kept/);
  // It had made the new key, and says so with the next inventory.
  const cms = envelopeOf(SECOND, await certificateOf(rig, mac));
  rig.sent.push({ id: rig.id("x"), deviceId: mac.deviceId, requestType: "SecurityInfo", input: {} });
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(cms));
  assert.deepEqual(
    (await keyOf(rig, mac)).values.map(({ slot }) => slot),
    ["pending", "current"],
  );
  await rotate(rig, mac);
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  const after = await keyOf(rig, mac);
  assert.deepEqual([after.rotation?.state, after.values.map(({ slot }) => slot)], ["done", ["current", "old"]]);
});

test("a rotation that is asked for while the first key is still being proved replaces that key too", async () => {
  await using rig = await escrowRig();
  const mac = await macWithProfile(rig);
  const cms = envelopeOf(FIRST, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(cms));
  assert.deepEqual(await rotate(rig, mac), { state: "validating", waitsFor: "the Mac to prove it" });
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  assert.equal((await keyOf(rig, mac)).rotation?.state, "scheduled", "a proof of the old key is no new key");
  await rig.job("escrow/rotate-due");
  assert.equal(rig.sent.at(-1)?.requestType, "RotateFileVaultKey");
  assert.equal(rig.sent.at(-1)?.input["unlockSecret"], FIRST);
});

test("a key that was seen before it was proved is replaced after it is", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  await rotate(rig, mac);
  const cms = envelopeOf(SECOND, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "acknowledged", {
    RotateResult: { EncryptedNewRecoveryKey: cms },
  });
  const [pending] = (await keyOf(rig, mac)).values;
  assert.equal(await reveal(rig, mac, pending!.id), SECOND);
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  await rig.job("escrow/rotate-due");
  assert.equal(rig.sent.at(-1)?.input["unlockSecret"], SECOND);
});

test("a late word on the old key neither ends a rotation nor stands for the new one's proof", async () => {
  for (const late of ["right", "wrong"]) {
    await using rig = await escrowRig();
    const mac = await macWithKey(rig);
    await rig.perform("escrow.verify-secret", rig.person(mac.tenantId), {
      deviceId: mac.deviceId,
      kind: "fileVaultKey",
    });
    await rotate(rig, mac);
    const cms = envelopeOf(SECOND, await certificateOf(rig, mac));
    await rig.answer(mac.tenantId, "RotateFileVaultKey", "acknowledged", {
      RotateResult: { EncryptedNewRecoveryKey: cms },
    });
    const about = await rig.finish(mac, "validate-recovery-key", { verdict: late });
    assert.equal(about.input["prk"], FIRST);
    assert.equal((await keyOf(rig, mac)).rotation?.state, "validating", late);
    const proof = await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
    assert.equal(proof.input["prk"], SECOND);
    assert.equal((await keyOf(rig, mac)).rotation?.state, "done", late);
    assert.equal(await reveal(rig, mac), SECOND);
  }
});

test("a Mac that refuses the key which we hold is asked for the one that it has in escrow", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  await rotate(rig, mac);
  // It took the command before, and its answer with the new key was lost.
  await rig.answer(mac.tenantId, "RotateFileVaultKey", "error", null, { error: "The disk could not be unlocked." });
  const cms = envelopeOf(SECOND, await certificateOf(rig, mac));
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(cms));
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  assert.equal(await reveal(rig, mac), SECOND);
  assert.equal((await keyOf(rig, mac)).rotation?.state, "done");
});

test("where no agent can prove the lost one, both keys are tried on the disk", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId, { hasAgent: false });
  const mac = { tenantId, deviceId };
  const certificate = await certificateOf(rig, mac);
  const report = async (key: string) => {
    rig.sent.push({ id: rig.id(key), deviceId, requestType: "SecurityInfo", input: {} });
    await rig.answer(tenantId, "SecurityInfo", "acknowledged", securityInfo(envelopeOf(key, certificate)));
  };
  await report(FIRST);
  await rotate(rig, mac);
  await rig.answer(tenantId, "RotateFileVaultKey", "acknowledged", {
    RotateResult: { EncryptedNewRecoveryKey: envelopeOf(SECOND, certificate) },
  });
  const after = await keyOf(rig, mac);
  // The disk opened with the first one: that is a proof, and the second one has none yet.
  assert.deepEqual(
    after.values.map(({ slot, verdict }) => [slot, verdict]),
    [
      ["pending", "unknown"],
      ["current", "right"],
    ],
  );
  assert.match(after.rotation?.error ?? "", /nobody proved it on the Mac/);
  await rotate(rig, mac);
  assert.equal(rig.sent.at(-1)?.input["unlockSecret"], FIRST);
  await rig.answer(tenantId, "RotateFileVaultKey", "error", null, { error: "The disk could not be unlocked." });
  assert.equal(rig.sent.at(-1)?.input["unlockSecret"], SECOND);
});

test("a Mac of which no key is known says plainly what to do, and nothing is sent", async () => {
  await using rig = await escrowRig();
  const mac = await macWithProfile(rig);
  rig.sent.length = 0;
  await assert.rejects(rotate(rig, mac), { code: "escrow.cannot-rotate", message: /next login \(Escrow Buddy\)/ });
  assert.deepEqual(rig.sent, []);
});

test("a key for a certificate that is not ours is kept as it came, told, and never taken for a key", async () => {
  await using rig = await escrowRig();
  const mac = await macWithProfile(rig);
  const other = await rig.newTenant("Vineyard");
  const foreign = envelopeOf(FIRST, (await keysOf(rig).current(other)).certificate);
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(foreign));
  assert.equal((await keyOf(rig, mac)).state, "missing");
  assert.equal(rig.facts.filter(({ type }) => type === "escrow.secret-unreadable").length, 1);
  const overview = (await rig.perform("escrow.show-escrow", rig.person(mac.tenantId), {})) as {
    broken: { total: number; items: { why: string }[] };
  };
  assert.equal(overview.broken.total, 1);
  assert.match(overview.broken.items[0]!.why, /bring that key back/);
});

test("a renewed certificate opens what was sent to the old one, and goes to every Mac that had it", async () => {
  await using rig = await escrowRig();
  const mac = await macWithKey(rig);
  const old = await certificateOf(rig, mac);
  const made = (await rig.perform("escrow.rotate-certificate", rig.person(mac.tenantId), {})) as { keys: number };
  assert.equal(made.keys, 2);
  const shown = (await rig.perform("escrow.show-escrow", rig.person(mac.tenantId), {})) as { certificate: unknown };
  assert.deepEqual(shown.certificate, made);
  await rig.job("escrow/send-profiles");
  const [profile] = rig.sent.filter(({ requestType }) => requestType === "InstallProfile");
  const bytes = Buffer.from(String(profile?.input["payload"]), "base64").toString("utf8");
  const renewed = await certificateOf(rig, mac);
  assert.ok(bytes.replace(/\s/g, "").includes(Buffer.from(renewed.raw).toString("base64")));
  await rig.answer(mac.tenantId, "InstallProfile", "acknowledged");
  await rig.answer(mac.tenantId, "SecurityInfo", "acknowledged", securityInfo(envelopeOf(SECOND, old)));
  await rig.finish(mac, "validate-recovery-key", { verdict: "right" });
  assert.equal(await reveal(rig, mac), SECOND);
});
