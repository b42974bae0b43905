import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { AuditEntry, OutputOf, showRecovery } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { FileRecoveryLog } from "../../adapters/vault/recovery-log.ts";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { hashCode } from "./bundle/drill-code.ts";
import type { RecoveryEntry } from "./ports.ts";

const CODE = "ABCDEF-GHJKLM-NPQRST-UVWXYZ";
const ID = "0195e4a0-0000-7000-8000-000000000000";
const exported = (rig: EscrowRig, tenants: readonly TenantId[], code = CODE, bundleId = ID): RecoveryEntry => ({
  type: "exported",
  bundleId,
  at: rig.clock.now(),
  by: "root",
  recipients: ["board 0011"],
  codeHash: hashCode(code),
  tenants: tenants.map((id) => ({ id, values: 3, unreadable: 0, kids: rig.kernel.vault.kids(id) })),
});
const shown = async (rig: EscrowRig, tenantId: TenantId) =>
  (await rig.perform("recovery.show-recovery", rig.person(tenantId), {})) as OutputOf<typeof showRecovery>;
const confirm = (rig: EscrowRig, tenantId: TenantId, code: string) =>
  rig.perform("recovery.confirm-drill", rig.person(tenantId), { code });
const trail = async (rig: EscrowRig, tenantId: TenantId) =>
  ((await rig.perform("audit.list-entries", rig.person(tenantId), {})) as { items: AuditEntry[] }).items;

test("a bundle that the command line made is on the audit trail of its tenants once, and of no other", async () => {
  await using rig = await escrowRig();
  const [one, two, other] = [await rig.newTenant("A"), await rig.newTenant("B"), await rig.newTenant("C")];
  rig.recoveryEntries.push(exported(rig, [one, two, rig.id<"tenant">("platform"), rig.id<"tenant">("gone")]));
  await rig.job("recovery/take-log");
  await rig.job("recovery/take-log");
  for (const tenantId of [one, two]) {
    const entries = (await trail(rig, tenantId)).filter(({ action }) => action === "recovery.export-bundle");
    assert.equal(entries.length, 1);
    assert.equal((await shown(rig, tenantId)).summary.state, "neverTested");
  }
  assert.ok(!(await trail(rig, other)).some(({ action }) => action.startsWith("recovery.export")));
  assert.deepEqual((await shown(rig, other)).bundles, []);
});

test("a drill counts by its code alone: a wrong one, and another tenant's, say nothing of the bundle", async () => {
  await using rig = await escrowRig();
  const [one, other] = [await rig.newTenant("A"), await rig.newTenant("B")];
  rig.recoveryEntries.push(exported(rig, [one]));
  rig.recoveryEntries.push({ type: "tested", code: "WRONG-WRONG-WRONG-WRONG-WRONG", at: rig.clock.now(), by: "root" });
  await rig.job("recovery/take-log");
  await assert.rejects(confirm(rig, one, "AAAAAA-GHJKLM-NPQRST-UVWXYZ"), { code: "recovery.wrong-code" });
  await assert.rejects(confirm(rig, other, CODE), { code: "recovery.wrong-code" });
  assert.equal((await shown(rig, one)).summary.state, "neverTested");
  await confirm(rig, one, " abcdef ghjklm npqrst uvwxyz");
  assert.equal((await shown(rig, one)).summary.state, "tested");
  assert.ok((await trail(rig, one)).every((entry) => !JSON.stringify(entry).includes("npqrst")));
});

test("a Mac that enrolls before a drill passed says so on its timeline, and enrolls; after one it does not", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("A");
  const told = () => rig.facts.filter(({ type }) => type === "recovery.untested");
  const first = await rig.newMac(tenantId);
  assert.deepEqual(
    told().map(({ deviceId, data }) => [deviceId, data]),
    [[first, { state: "neverExported" }]],
  );
  rig.recoveryEntries.push(exported(rig, [tenantId]));
  await rig.job("recovery/take-log");
  await rig.newMac(tenantId);
  assert.equal(told().length, 2);
  rig.recoveryEntries.push({ type: "tested", code: CODE, at: rig.clock.now(), by: "root" });
  await rig.job("recovery/take-log");
  await rig.newMac(tenantId);
  assert.equal(told().length, 2);
});

test("a bundle that was tested before the first Mac came holds the key of what that Mac entrusts", async () => {
  await using rig = await escrowRig();
  const tenantId = await rig.newTenant("A");
  await rig.job("recovery/make-first-keys");
  await rig.job("recovery/make-first-keys");
  assert.equal(rig.kernel.vault.kids(tenantId).length, 1);
  rig.recoveryEntries.push(exported(rig, [tenantId]));
  await rig.job("recovery/take-log");
  await confirm(rig, tenantId, CODE);
  await rig.queueByHand(tenantId, await rig.newMac(tenantId), "DeviceLock", { pin: "481516" });
  assert.equal((await shown(rig, tenantId)).summary.state, "tested");
  rig.kernel.vault.rotateDataKey(tenantId);
  assert.equal((await shown(rig, tenantId)).summary.state, "outdated");
});

test("the log in the data folder is read on, and a line that a power cut left half written is passed over", async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-log-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const log = new FileRecoveryLog(dir);
  assert.deepEqual(await log.readFrom(0), []);
  const entry = (code: string): RecoveryEntry => ({ type: "tested", code, at: 1, by: "root" });
  log.add(entry("a"));
  assert.deepEqual(await log.readFrom(0), [entry("a")]);
  appendFileSync(path.join(dir, "recovery.jsonl"), '{"type":"tested","co');
  new FileRecoveryLog(dir).add(entry("b"));
  assert.deepEqual(await log.readFrom(1), [entry("b")]);
});
