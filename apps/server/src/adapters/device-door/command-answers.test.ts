import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Application, Command, Device } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import type { PlistDictionary } from "@pomona/plist";
import type { CommandAnswer } from "../../features/commands/ports.ts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
const heard: CommandAnswer[] = [];
before(async () => {
  rig = await deviceRig();
  tenant = await rig.newTenant("Acme");
  rig.commands.onAnswer(["Settings"], async (_tx, answer) => void heard.push(answer));
});
after(() => rig[Symbol.asyncDispose]());

async function quietMac(): Promise<{ mac: TestMac; id: DeviceId }> {
  const mac = await enrolledMac(rig, tenant);
  await drain(mac);
  const device = await rig.kernel.store.read(systemScope(tenant, "t"), (tx) =>
    readDeviceBySerial(tx, mac.serialNumber),
  );
  return { mac, id: device!.id };
}

/** Sends a command and has the Mac acknowledge it with these keys. @returns its UUID */
async function answered(
  { mac, id }: { mac: TestMac; id: DeviceId },
  order: { readonly requestType: string; readonly input?: object; readonly userId?: string },
  keys: PlistDictionary,
): Promise<string> {
  const sent = (await rig.act(tenant, "commands.send-command", { deviceId: id, ...order })) as { commandUuid: string };
  const from: PlistDictionary = order.userId === undefined ? {} : { UserID: order.userId };
  assert.equal((await mac.poll("Idle", from)).command?.uuid, sent.commandUuid);
  await mac.acknowledge(sent.commandUuid, { ...from, ...keys });
  return sent.commandUuid;
}

const commandOf = async (deviceId: DeviceId, uuid: string) => {
  const { items } = (await rig.act(tenant, "commands.list-commands", { deviceId })) as { items: Command[] };
  return items.find(({ commandUuid }) => commandUuid === uuid);
};
const factsOf = async (deviceId: DeviceId) =>
  ((await rig.act(tenant, "devices.show-device", { deviceId })) as Device).facts;
const applicationsOf = async (deviceId: DeviceId) =>
  ((await rig.act(tenant, "devices.list-applications", { deviceId })) as { items: Application[] }).items.map(
    ({ bundleId, version }) => `${bundleId} ${version}`,
  );
const application = (Identifier: string, Version = "1"): PlistDictionary => ({ Identifier, Version, Name: Identifier });

test("a setting that failed inside an acknowledged answer fails the command in words, and features hear of it once", async () => {
  const target = await quietMac();
  const chain = [{ ErrorCode: 7, ErrorDomain: "Settings", USEnglishDescription: "The name is taken." }];
  const keys: PlistDictionary = {
    Settings: [
      { Item: "Bluetooth", Status: "Acknowledged" },
      { Item: "HostName", Status: "Error", ErrorChain: chain },
    ],
  };
  const order = { requestType: "Settings", input: { bluetooth: true, hostName: "a.example.com" } };
  const uuid = await answered(target, order, keys);
  const command = await commandOf(target.id, uuid);
  assert.deepEqual(
    [command?.state, command?.error],
    ["error", "1 of 2 settings failed: HostName: The name is taken. (Settings 7)"],
  );
  await target.mac.acknowledge(uuid, keys);
  assert.deepEqual(
    heard.filter((answer) => answer.deviceId === target.id).map(({ state, report }) => [state, report?.["Status"]]),
    [["error", "Acknowledged"]],
  );
});

test("an answer about a part of a list leaves the rest as it was known", async () => {
  const target = await quietMac();
  const ask = (input: object, list: readonly PlistDictionary[]) =>
    answered(target, { requestType: "InstalledApplicationList", input }, { InstalledApplicationList: [...list] });
  await ask({}, [application("a"), application("b"), application("c")]);
  await ask({ identifiers: ["b", "c"] }, [application("b", "2")]);
  assert.deepEqual(await applicationsOf(target.id), ["a 1", "b 2"]);
  // Of what is managed a missing one may be there all the same, unmanaged.
  await ask({ managedOnly: true }, [application("b", "3")]);
  assert.deepEqual(await applicationsOf(target.id), ["a 1", "b 3"]);
  await ask({}, [application("d")]);
  assert.deepEqual(await applicationsOf(target.id), ["d 1"]);
});

test("what a user's channel lists does not become the Mac's list", async () => {
  const target = await quietMac();
  const ask = (userId: string | undefined, list: readonly PlistDictionary[]) =>
    answered(
      target,
      { requestType: "InstalledApplicationList", ...(userId === undefined ? {} : { userId }) },
      { InstalledApplicationList: [...list] },
    );
  await ask(undefined, [application("of-the-mac")]);
  await target.mac.tokenUpdate({ UserID: "U", Token: Buffer.from("user"), PushMagic: "other" });
  const uuid = await ask("U", [application("of-the-user")]);
  assert.equal((await commandOf(target.id, uuid))?.state, "acknowledged");
  assert.deepEqual(await applicationsOf(target.id), ["of-the-mac 1"]);
});

test("a Mac that leaves keys out keeps what was known, and a recovery key in an answer is no fact", async () => {
  const target = await quietMac();
  const info = (keys: PlistDictionary) => answered(target, { requestType: "SecurityInfo" }, { SecurityInfo: keys });
  await info({ IsRecoveryLockEnabled: true, ManagementStatus: { EnrolledViaDEP: true } });
  await info({ FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: Buffer.from("planted-cms") });
  const facts = await factsOf(target.id);
  assert.deepEqual([facts.recoveryLock, facts.enrolledViaDep, facts.fileVault], [true, true, true]);
  const text = JSON.stringify(facts);
  assert.ok(!text.includes("planted-cms") && !text.includes(Buffer.from("planted-cms").toString("base64")));
});
