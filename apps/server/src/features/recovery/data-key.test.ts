import assert from "node:assert/strict";
import { test } from "node:test";
import type { OutputOf, showRecovery } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import type { Sealed, SealedColumn } from "../../kernel/secret.ts";
import { type EscrowRig, escrowRig } from "../../testing/escrow-rig.ts";
import { readSealedRows } from "./sealed-rows.sql.ts";

type Recovery = OutputOf<typeof showRecovery>;
const shown = async (rig: EscrowRig, tenantId: TenantId) =>
  (await rig.perform("recovery.show-recovery", rig.person(tenantId), {})) as Recovery;
const rotate = (rig: EscrowRig, tenantId: TenantId, input = {}) =>
  rig.perform("recovery.rotate-data-key", rig.person(tenantId), input) as Promise<{ kid: string; total: number }>;

const PINS: SealedColumn = { table: "escrow_secrets", column: "sealed_value", id: "id" };

/** Lock PINs of one Mac, of which all but the newest are history. */
async function withPins(rig: EscrowRig, name: string, count: number) {
  const tenantId = await rig.newTenant(name);
  const deviceId = await rig.newMac(tenantId);
  for (let i = 0; i < count; i++) await rig.queueByHand(tenantId, deviceId, "DeviceLock", { pin: String(100_000 + i) });
  /** Newest first. */
  const rows = async () => {
    const all = await rig.write(tenantId, (tx) => readSealedRows(tx, PINS, "", 1000));
    const sealedOf = (row: (typeof all)[number]) => JSON.parse(row["sealed_value"] as string) as Sealed;
    return all.map((row) => ({ id: row["id"] as string, opens: row["opens"], sealed: sealedOf(row) })).reverse();
  };
  return { tenantId, deviceId, rows };
}

test("after a new data key the older values are sealed anew, slice by slice, and open as before", async () => {
  await using rig = await escrowRig();
  const { tenantId, deviceId, rows } = await withPins(rig, "Orchard", 250);
  const other = await withPins(rig, "Vineyard", 3);
  const foreign = (await other.rows()).map(({ sealed }) => sealed);
  const { kid, total } = await rotate(rig, tenantId);
  assert.equal(total, 250);
  await assert.rejects(rotate(rig, tenantId), { code: "recovery.reseal-under-way" });
  assert.ok((await rows()).every(({ sealed }) => sealed.kid !== kid));
  await rig.queueByHand(tenantId, deviceId, "DeviceLock", { pin: "999999" });
  assert.equal((await rows())[0]!.sealed.kid, kid, "what comes now is under the new key");
  await rig.job("recovery/reseal");
  assert.ok((await rows()).every(({ sealed }) => sealed.kid === kid));
  const { reseal, dataKeys } = await shown(rig, tenantId);
  assert.deepEqual([reseal?.resealed, reseal?.failed, reseal?.total], [250, 0, 250]);
  assert.notEqual(reseal?.endedAt, null);
  assert.deepEqual([dataKeys.length, dataKeys[0]], [2, kid]);
  const secretId = (await rows()).at(-1)!.id;
  const reason = "after the key changed";
  const seen = await rig.perform("escrow.reveal-lock-pin", rig.person(tenantId), { deviceId, reason, secretId });
  assert.equal((seen as { value: string }).value, "100000");
  assert.deepEqual(
    (await other.rows()).map(({ sealed }) => sealed),
    foreign,
    "another tenant's stay as they were",
  );
  assert.equal((await shown(rig, other.tenantId)).reseal, null);
});

test("a value that does not open is counted and left as it is, and the rest goes on", async () => {
  await using rig = await escrowRig();
  const { tenantId, rows } = await withPins(rig, "Orchard", 3);
  const [, broken] = await rows();
  const open = rig.kernel.vault.open.bind(rig.kernel.vault);
  rig.kernel.vault.open = (tenant, place, sealed) => {
    if (sealed.ciphertext === broken!.sealed.ciphertext) throw new Error("damaged");
    return open(tenant, place, sealed);
  };
  const { kid } = await rotate(rig, tenantId);
  await rig.job("recovery/reseal");
  const { reseal } = await shown(rig, tenantId);
  assert.deepEqual([reseal?.resealed, reseal?.failed], [2, 1]);
  assert.deepEqual((await rows()).find(({ id }) => id === broken!.id)?.sealed, broken!.sealed);
  assert.equal((await rows()).filter(({ sealed }) => sealed.kid === kid).length, 2);
});

test("a server that stops between two slices goes on where it was", async () => {
  await using rig = await escrowRig();
  const { tenantId, rows } = await withPins(rig, "Orchard", 150);
  const { kid } = await rotate(rig, tenantId);
  const write = rig.kernel.store.write.bind(rig.kernel.store);
  let slices = 0;
  rig.kernel.store.write = ((scope, body) => {
    // The first is all of the certificates' keys, the second a part of the secrets.
    if (scope.actor.id === "recovery" && ++slices === 3) throw new Error("power cut");
    return write(scope, body);
  }) as typeof rig.kernel.store.write;
  await assert.rejects(rig.job("recovery/reseal"), /power cut/);
  const resealed = () => rows().then((all) => all.filter(({ sealed }) => sealed.kid === kid).length);
  assert.equal(await resealed(), 100);
  rig.kernel.store.write = write as typeof rig.kernel.store.write;
  await rig.job("recovery/reseal");
  assert.equal(await resealed(), 150);
  assert.equal((await shown(rig, tenantId)).reseal?.resealed, 150);
});

test("without resealing older values stay under the older key, and open", async () => {
  await using rig = await escrowRig();
  const { tenantId, rows } = await withPins(rig, "Orchard", 2);
  const { kid } = await rotate(rig, tenantId, { reseal: false });
  await rig.job("recovery/reseal");
  assert.ok((await rows()).every(({ sealed }) => sealed.kid !== kid));
  assert.equal((await shown(rig, tenantId)).reseal, null);
  await rig.job("escrow/check-seals");
  assert.ok((await rows()).every(({ opens }) => opens === 1));
});

test("nobody fills the key file: a tenant has a hundred data keys at most", async () => {
  await using rig = await escrowRig();
  const { tenantId } = await withPins(rig, "Orchard", 1);
  while (rig.kernel.vault.kids(tenantId).length < 100) rig.kernel.vault.rotateDataKey(tenantId);
  await assert.rejects(rotate(rig, tenantId), { code: "recovery.too-many-keys" });
});
