import assert from "node:assert/strict";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import type { KeptPolicy, Secret } from "@pomona/contract";
import { FileVault } from "../../adapters/vault/file-vault.ts";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import type { SecretRow } from "./model.ts";
import { SecretBook } from "./secret-book.ts";
import { readSecrets } from "./secrets.sql.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
type Overview = Record<
  "withoutBootstrapToken" | "broken" | "failedRotations",
  { total: number; items: { why: string }[] }
>;
const overview = async (rig: EscrowRig, tenantId: Parameters<EscrowRig["person"]>[0]) =>
  (await rig.perform("escrow.show-escrow", rig.person(tenantId), {})) as Overview;
const told = (rig: EscrowRig, type: string) => rig.facts.filter((fact) => fact.type === type);

test("a Mac without a bootstrap token after a day is named once, and its agent says what is missing", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  await rig.job("escrow/tell-missing-tokens");
  assert.equal(told(rig, "escrow.bootstrap-token-missing").length, 0, "not on its first day");
  rig.clock.advance(25 * HOUR);
  await rig.job("escrow/tell-missing-tokens");
  await rig.job("escrow/tell-missing-tokens");
  assert.equal(told(rig, "escrow.bootstrap-token-missing").length, 1);
  const mac = { tenantId, deviceId };
  await rig.finish(mac, "bootstrap-token-status", { isSupported: true, isEscrowed: false });
  const accounts = [
    { name: "amelie", isAdmin: false, hasSecureToken: true, isVolumeOwner: true },
    { name: "itadmin", isAdmin: true, hasSecureToken: false, isVolumeOwner: false },
  ];
  await rig.finish(mac, "secure-token-status", { accounts, fileVault: true });
  const { withoutBootstrapToken } = await overview(rig, tenantId);
  assert.equal(withoutBootstrapToken.total, 1);
  assert.match(withoutBootstrapToken.items[0]!.why, /has to log in once at the Mac.*amelie/);
  assert.ok(!withoutBootstrapToken.items[0]!.why.includes("itadmin"));
});

test("what is held is opened every hour; a key that got lost is told of once and shown as broken", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  await rig.queueByHand(tenantId, deviceId, "DeviceLock", { pin: "481516" });
  rig.clock.advance(2 * HOUR);
  await rig.job("escrow/check-seals");
  assert.equal(told(rig, "escrow.secret-unreadable").length, 0);
  const [row] = await rig.write(tenantId, (tx) => readSecrets(tx, deviceId, "lockPin"));
  assert.deepEqual([row?.opens, row?.openedAt], [true, rig.clock.now()]);
  // Another server's keys, as after a restore without them.
  const folder = path.join(rig.kernel.dir, "keys");
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
  const lost = new FileVault({ dir: folder });
  rig.kernel.vault.open = (...asked) => lost.open(...asked);
  rig.clock.advance(2 * HOUR);
  await rig.job("escrow/check-seals");
  await rig.job("escrow/check-seals");
  assert.equal(told(rig, "escrow.secret-unreadable").length, 1);
  assert.equal((await overview(rig, tenantId)).broken.total, 1);
});

test("old values go after the tenant's time, and never while nothing confirmed took their place", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  const lock = async (pin: string, isTaken: boolean) => {
    await rig.queueByHand(tenantId, deviceId, "DeviceLock", { pin });
    await rig.answer(tenantId, "DeviceLock", isTaken ? "acknowledged" : "error", {});
  };
  const held = () => rig.write(tenantId, (tx) => readSecrets(tx, deviceId, "lockPin"));
  await lock("111111", false);
  await rig.perform("escrow.change-policy", rig.person(tenantId), {
    kind: "lockPin",
    isAutomatic: true,
    everyDays: null,
    afterRevealMinutes: null,
    keepOldDays: 30,
  });
  rig.clock.advance(400 * DAY);
  await rig.job("escrow/forget-old");
  assert.equal((await held()).length, 1, "it is all that there is");
  await lock("222222", true);
  await lock("333333", true);
  await rig.job("escrow/forget-old");
  assert.deepEqual((await held()).map(({ slot }) => slot).sort(), ["current", "old"]);
  rig.clock.advance(31 * DAY);
  await rig.job("escrow/forget-old");
  assert.deepEqual(
    (await held()).map(({ slot }) => slot),
    ["current"],
  );
});

test("a policy replaces what is held by time, and a rotation that cannot be sent says why", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = await rig.newMac(tenantId);
  await rig.perform("escrow.rotate-secret", rig.person(tenantId), { deviceId, kind: "recoveryLock" });
  await rig.answer(tenantId, "SetRecoveryLock", "acknowledged");
  await rig.answer(tenantId, "VerifyRecoveryLock", "acknowledged", { PasswordVerified: true });
  const policy = { kind: "recoveryLock", isAutomatic: false, everyDays: 30, afterRevealMinutes: 60, keepOldDays: 365 };
  await rig.perform("escrow.change-policy", rig.person(tenantId), policy);
  rig.clock.advance(29 * DAY);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(rig.sent, []);
  rig.clock.advance(2 * DAY);
  await rig.job("escrow/rotate-due");
  assert.deepEqual(
    rig.sent.map(({ requestType }) => requestType),
    ["SetRecoveryLock"],
  );
  const page = (await rig.perform("escrow.list-secrets", rig.person(tenantId), { deviceId })) as { items: Secret[] };
  assert.equal(page.items.find(({ kind }) => kind === "recoveryLock")?.rotation?.reason, "schedule");
  const { items } = (await rig.perform("escrow.list-policies", rig.person(tenantId), {})) as { items: KeptPolicy[] };
  const lock = items.find(({ kind }) => kind === "recoveryLock")!;
  assert.deepEqual([lock.everyDays, lock.standard.everyDays, lock.canRotate], [30, null, true]);
  assert.equal(items.find(({ kind }) => kind === "lockPin")?.canRotate, false);
  await assert.rejects(rig.perform("escrow.change-policy", rig.person(tenantId), { ...policy, kind: "lockPin" }), {
    code: "escrow.not-rotated",
  });
});

test("a token that was sealed in its first table opens in the one store", async () => {
  await using rig = await escrowRig();
  const book = new SecretBook(rig.kernel.vault);
  const tenantId = await rig.newTenant("Orchard");
  const deviceId = rig.id<"device">("0190a0a0-0000-7000-8000-000000000001");
  const place = { table: "bootstrap_tokens", row: deviceId, field: "sealed_token" };
  const sealed = rig.kernel.vault.seal(tenantId, place, Buffer.from("token"));
  const row: Pick<SecretRow, "id" | "deviceId" | "sealed" | "sealedIn"> = {
    id: deviceId,
    deviceId,
    sealed,
    sealedIn: "bootstrap_tokens",
  };
  assert.equal(book.text(tenantId, row), "token");
  assert.throws(() => book.text(tenantId, { ...row, sealedIn: "escrow_secrets" }));
});
