import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Secret } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { parseCertificate } from "@pomona/pki";
import { buildXmlPlist, getData, getDictionary, getString } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "../../adapters/device-door/testing/device-rig.ts";
import { enrolledMac } from "../../adapters/device-door/testing/enroll-mac.ts";
import type { TestMac } from "../../adapters/device-door/testing/test-mac.ts";
import { systemScope } from "../../kernel/scope.ts";
import { envelopeOf } from "../../testing/escrow-rig.ts";
import { fillDisk } from "../../testing/full-disk.ts";
import { readDeviceBySerial } from "../devices/index.ts";
import { EscrowKeys } from "./escrow-keys.ts";

const FIRST = "AAAA-BBBB-CCCC-DDDD-EEEE-1111";
const SECOND = "FFFF-GGGG-HHHH-JJJJ-KKKK-2222";

let rig: DeviceRig;
let tenantId: TenantId;
before(async () => {
  rig = await deviceRig();
  tenantId = await rig.newTenant("Orchard");
});
after(() => rig[Symbol.asyncDispose]());

const envelope = async (key: string) =>
  envelopeOf(key, (await new EscrowKeys(rig.kernel, rig.authority).current(tenantId)).certificate);

/** A Mac with nothing left to do, whose first recovery key is here. */
async function escrowedMac(): Promise<{ mac: TestMac; deviceId: DeviceId }> {
  const mac = await enrolledMac(rig, tenantId);
  const cms = await envelope(FIRST);
  for (let answer = await mac.poll(); answer.command !== undefined; ) {
    const { uuid, requestType } = answer.command;
    const keys =
      requestType === "SecurityInfo" ? { SecurityInfo: { FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: cms } } : {};
    answer = await mac.acknowledge(uuid, keys);
  }
  const scope = systemScope(tenantId, "test");
  const device = await rig.kernel.store.read(scope, (tx) => readDeviceBySerial(tx, mac.serialNumber));
  return { mac, deviceId: device!.id };
}
const keyOf = async (deviceId: DeviceId): Promise<Secret> => {
  const page = (await rig.act(tenantId, "escrow.list-secrets", { deviceId })) as { items: Secret[] };
  return page.items.find(({ kind }) => kind === "fileVaultKey")!;
};
const reveal = async (deviceId: DeviceId, secretId: string): Promise<string> => {
  const input = { deviceId, secretId, reason: "to open this disk" };
  return ((await rig.act(tenantId, "escrow.reveal-recovery-key", input)) as { value: string }).value;
};

test("while the disk is full a new key gets no 200, the Mac says it again, and then it is kept", async () => {
  const { mac, deviceId } = await escrowedMac();
  await rig.act(tenantId, "escrow.rotate-secret", { deviceId, kind: "fileVaultKey" });
  const { command } = await mac.poll();
  assert.equal(command?.requestType, "RotateFileVaultKey");
  assert.equal(getString(getDictionary(command!.payload, "FileVaultUnlock")!, "Password"), FIRST);
  const reply = parseCertificate(getData(command!.payload, "ReplyEncryptionCertificate")!);
  const result = { RotateResult: { EncryptedNewRecoveryKey: envelopeOf(SECOND, reply) } };
  const restore = fillDisk(rig.kernel);
  const refused = await mac.acknowledge(command!.uuid, result);
  assert.ok(refused.status >= 500, `${refused.status}`);
  restore();
  assert.deepEqual(
    (await keyOf(deviceId)).values.map(({ slot }) => slot),
    ["pending"],
    "nothing was kept by half",
  );
  assert.equal((await mac.acknowledge(command!.uuid, result)).status, 200);
  const after = await keyOf(deviceId);
  assert.deepEqual(
    after.values.map(({ slot }) => slot),
    ["pending", "current"],
  );
  assert.deepEqual(
    [await reveal(deviceId, after.values[0]!.id), await reveal(deviceId, after.values[1]!.id)],
    [SECOND, FIRST],
  );
});

test("a bootstrap token that could not be written is not answered as if it were", async () => {
  const { mac } = await escrowedMac();
  const token = { BootstrapToken: Buffer.alloc(72, 7) };
  const restore = fillDisk(rig.kernel);
  assert.ok((await mac.checkIn("SetBootstrapToken", token)).status >= 500);
  restore();
  assert.equal((await mac.checkIn("GetBootstrapToken")).bytes.length, 0);
  assert.equal((await mac.checkIn("SetBootstrapToken", token)).status, 200);
  assert.ok((await mac.checkIn("GetBootstrapToken")).bytes.length > 0);
});

test("an answer that comes twice, as after a cut connection, makes one new key", async () => {
  const { mac, deviceId } = await escrowedMac();
  await rig.act(tenantId, "escrow.rotate-secret", { deviceId, kind: "fileVaultKey" });
  const { command } = await mac.poll();
  const result = { RotateResult: { EncryptedNewRecoveryKey: await envelope(SECOND) } };
  for (let n = 0; n < 3; n += 1) assert.equal((await mac.acknowledge(command!.uuid, result)).status, 200);
  assert.deepEqual(
    (await keyOf(deviceId)).values.map(({ slot }) => slot),
    ["pending", "current"],
  );
});

test("the PIN of every lock is in escrow when it is queued, however it was asked for", async () => {
  const pinOf = async (deviceId: DeviceId) => {
    const input = { deviceId, reason: "the Mac was found again" };
    return ((await rig.act(tenantId, "escrow.reveal-lock-pin", input)) as { value: string }).value;
  };
  const [typed, raw] = [await escrowedMac(), await escrowedMac()];
  const lock = { requestType: "DeviceLock", input: { pin: "112233" } };
  await rig.act(tenantId, "commands.send-command", { deviceId: typed.deviceId, ...lock });
  assert.equal(await pinOf(typed.deviceId), "112233");
  const plist = Buffer.from(buildXmlPlist({ RequestType: "DeviceLock", PIN: "445566" })).toString("base64");
  await rig.act(tenantId, "commands.send-raw-command", { deviceId: raw.deviceId, plist });
  assert.equal(await pinOf(raw.deviceId), "445566");
});
