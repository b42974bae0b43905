import assert from "node:assert/strict";
import { test } from "node:test";
import type { Secret } from "@pomona/contract";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { REVEALS_AN_HOUR } from "./reveal-secret.ts";

const REASON = "its user forgot the password";

/** A Mac with a recovery lock in escrow. */
async function lockedMac(rig: EscrowRig) {
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  await rig.perform("escrow.rotate-secret", rig.person(tenantId), { deviceId, kind: "recoveryLock" });
  const { input } = await rig.answer(tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(tenantId, "VerifyRecoveryLock", "acknowledged", { PasswordVerified: true });
  return { tenantId, deviceId, password: String(input["newPassword"]) };
}
type Shown = { value: string; rotatesAt: string | null; secretId: string };
const listed = async (rig: EscrowRig, { tenantId, deviceId }: Awaited<ReturnType<typeof lockedMac>>) =>
  ((await rig.perform("escrow.list-secrets", rig.person(tenantId), { deviceId })) as { items: Secret[] }).items.find(
    ({ kind }) => kind === "recoveryLock",
  )!;

test("a reveal is on the audit trail with its reason, told to everyone who listens, and replaces what was seen", async () => {
  await using rig = await escrowRig();
  const mac = await lockedMac(rig);
  const input = { deviceId: mac.deviceId, kind: "recoveryLock", reason: REASON };
  const shown = (await rig.perform("escrow.reveal-password", rig.person(mac.tenantId), input)) as Shown;
  assert.equal(shown.value, mac.password);
  assert.equal(Date.parse(shown.rotatesAt!), rig.clock.now() + 60 * 60_000);
  const trail = (await rig.perform("audit.list-entries", rig.person(mac.tenantId), {})) as {
    items: { action: string; outcome: string; input: Record<string, unknown>; actor: unknown }[];
  };
  const entry = trail.items.find(({ action }) => action === "escrow.reveal-password");
  assert.deepEqual([entry?.outcome, entry?.input["reason"]], ["done", REASON]);
  await rig.settle();
  const fact = rig.facts.find(({ type }) => type === "escrow.secret-revealed");
  assert.equal((fact?.data as { actor?: string } | undefined)?.actor, "ana");
  assert.ok(!JSON.stringify([trail, rig.facts]).includes(mac.password));
  assert.equal((await listed(rig, mac)).nextRotationAt, shown.rotatesAt);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(rig.sent, [], "not before its time");
  rig.clock.advance(61 * 60_000);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(
    rig.sent.map(({ requestType }) => requestType),
    ["SetRecoveryLock"],
  );
  assert.equal((await listed(rig, mac)).rotation?.reason, "reveal");
});

test("nothing is revealed without the permission or a reason, and the refusal is on the trail", async () => {
  await using rig = await escrowRig();
  const mac = await lockedMac(rig);
  const nobody = { ...rig.person(mac.tenantId, "eve"), permissions: new Set(["escrow.list-secrets"]) };
  const input = { deviceId: mac.deviceId, kind: "recoveryLock", reason: REASON };
  await assert.rejects(rig.perform("escrow.reveal-password", nobody, input), { code: "permission.missing" });
  for (const reason of ["", "   ", "short", " ".repeat(30)])
    await assert.rejects(rig.perform("escrow.reveal-password", rig.person(mac.tenantId), { ...input, reason }), {
      code: "input.invalid",
    });
  const trail = (await rig.perform("audit.list-entries", rig.person(mac.tenantId), {})) as {
    items: { action: string; outcome: string; actor: { name: string } | string }[];
  };
  const refused = trail.items.filter(({ action }) => action === "escrow.reveal-password");
  assert.deepEqual(
    refused.map(({ outcome }) => outcome),
    ["refused"],
  );
  assert.equal((await listed(rig, mac)).lastRevealedAt, null);
});

test("whoever stole a session sees a handful of secrets in an hour and no more", async () => {
  await using rig = await escrowRig();
  const mac = await lockedMac(rig);
  const look = (name: string) =>
    rig.perform("escrow.reveal-password", rig.person(mac.tenantId, name), {
      deviceId: mac.deviceId,
      kind: "recoveryLock",
      reason: REASON,
    });
  for (let n = 0; n < REVEALS_AN_HOUR; n += 1) await look("eve");
  await assert.rejects(look("eve"), { code: "budget.exceeded", kind: "exhausted" });
  await look("ana");
  rig.clock.advance(3_600_000);
  await look("eve");
});

test("an Idempotency-Key keeps no secret: the same request asks anew, and is counted anew", async () => {
  await using rig = await escrowRig();
  const mac = await lockedMac(rig);
  const input = { deviceId: mac.deviceId, kind: "recoveryLock", reason: REASON };
  const look = () =>
    rig.perform("escrow.reveal-password", rig.person(mac.tenantId), input, { idempotencyKey: "again" });
  const [first, second] = [(await look()) as Shown, (await look()) as Shown];
  assert.equal(first.value, second.value);
  const trail = (await rig.perform("audit.list-entries", rig.person(mac.tenantId), {})) as {
    items: { action: string }[];
  };
  assert.equal(trail.items.filter(({ action }) => action === "escrow.reveal-password").length, 2);
});

test("another tenant's secrets, another Mac's and another kind's are not there", async () => {
  await using rig = await escrowRig();
  const mac = await lockedMac(rig);
  const other = await lockedMac(rig);
  const { secretId } = (await rig.perform("escrow.reveal-password", rig.person(mac.tenantId), {
    deviceId: mac.deviceId,
    kind: "recoveryLock",
    reason: REASON,
  })) as Shown;
  const look = (deviceId: string, more: Record<string, unknown>) =>
    rig.perform("escrow.reveal-password", rig.person(other.tenantId), {
      deviceId,
      kind: "recoveryLock",
      reason: REASON,
      ...more,
    });
  await assert.rejects(look(mac.deviceId, {}), { code: "device.not-found" });
  await assert.rejects(look(other.deviceId, { secretId }), { code: "secret.not-found" });
  await assert.rejects(look(other.deviceId, { kind: "adminPassword" }), { code: "secret.not-found" });
});
