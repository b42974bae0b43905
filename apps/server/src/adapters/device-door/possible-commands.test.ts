import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { commandNames } from "@pomona/apple-schema";
import type { Command, DeviceFacts, listCommandTypes, OutputOf, sendCommand, sendRawCommand } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { buildBinaryPlist, buildXmlPlist, type PlistDictionary } from "@pomona/plist";
import { sql } from "kysely";
import { mergeDeviceFacts, readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { sqlOf } from "../../kernel/store.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
  tenant = await rig.newTenant("Acme");
});
after(() => rig[Symbol.asyncDispose]());

/** A Mac with an empty queue, and its device's id. */
async function quietMac(): Promise<{ mac: TestMac; id: DeviceId }> {
  const mac = await enrolledMac(rig, tenant);
  await drain(mac);
  const scope = systemScope(tenant, "t");
  const device = await rig.kernel.store.read(scope, (tx) => readDeviceBySerial(tx, mac.serialNumber));
  return { mac, id: device!.id };
}
const learn = (id: DeviceId, facts: DeviceFacts, osVersion?: string) =>
  rig.kernel.store.write(systemScope(tenant, "t"), (tx) => mergeDeviceFacts(tx, id, { osVersion, facts }));
const send = (deviceId: DeviceId, requestType: string, input?: object) =>
  rig.act(tenant, "commands.send-command", {
    deviceId,
    requestType,
    ...(input === undefined ? {} : { input }),
  }) as Promise<OutputOf<typeof sendCommand>>;
const sendRaw = (deviceId: DeviceId, plist: Uint8Array | string) =>
  rig.act(tenant, "commands.send-raw-command", {
    deviceId,
    plist: typeof plist === "string" ? plist : Buffer.from(plist).toString("base64"),
  }) as Promise<OutputOf<typeof sendRawCommand>>;
const find = async (deviceId: DeviceId, uuid: string): Promise<Command> => {
  const { items } = (await rig.act(tenant, "commands.list-commands", { deviceId })) as { items: Command[] };
  return items.find(({ commandUuid }) => commandUuid === uuid)!;
};
/** What the store holds of a command's input. */
const storedInput = async (uuid: string): Promise<string> => {
  const { rows } = await rig.kernel.store.read(systemScope(tenant, "t"), (tx) =>
    sql<{ input: string }>`SELECT input FROM command_queue WHERE command_uuid = ${uuid}`.execute(sqlOf(tx)),
  );
  return rows[0]!.input;
};

// Planted fault: `#insert` of the queue does not call `refuseImpossible`.
test("case 52: what a Mac cannot take is refused when it is queued, in words for a technician", async () => {
  const { id } = await quietMac();
  await learn(id, { appleSilicon: true, supervised: false, enrolledViaDep: false }, "27.0");
  const cases: readonly [string, object, RegExp][] = [
    [
      "SetFirmwarePassword",
      { newPassword: "x" },
      /works on Macs with Intel processors only; this one has Apple silicon/,
    ],
    ["ScheduleOSUpdateScan", {}, /does not exist any more since macOS 27\.0/],
    [
      "InviteToProgram",
      { ProgramID: "com.apple.cloudvpp", InvitationURL: "https://h" },
      /channel of a logged-in user only/,
    ],
  ];
  for (const [requestType, input, message] of cases) {
    await assert.rejects(
      rig.act(tenant, "commands.send-command", { deviceId: id, requestType, input }),
      (error: { code: string; message: string }) =>
        error.code === "command.not-possible" && message.test(error.message),
      requestType,
    );
  }
});

// Planted fault: `choose` serves without asking `possibility.objection`.
test("case 52: what was possible when it was queued and is not any more ends unsent, and those behind it go out", async () => {
  const { mac, id } = await quietMac();
  const { commandUuid: update } = await send(id, "ScheduleOSUpdateScan");
  const { commandUuid: next } = await send(id, "SecurityInfo");
  await learn(id, {}, "27.1");
  assert.equal((await mac.poll()).command?.uuid, next);
  const ended = await find(id, update);
  assert.deepEqual([ended.state, ended.sentAt], ["error", null]);
  assert.match(ended.error!, /does not exist any more since macOS 27\.0; this Mac has 27\.1/);
});

// Planted fault: `watch` does not tell `possibility` to forget.
test("what is learnt of a Mac counts at the next delivery, also when it was asked before", async () => {
  const { mac, id } = await quietMac();
  const { commandUuid: first } = await send(id, "SecurityInfo");
  assert.equal((await mac.poll()).command?.uuid, first);
  const { commandUuid: second } = await send(id, "UserList");
  await learn(id, { supervised: false });
  await mac.acknowledge(first);
  assert.match((await find(id, second)).error!, /needs a supervised Mac/);
});

test("a User Enrollment is not asked what Apple keeps from it", async () => {
  const mac = await invitedMac(rig, tenant);
  const ids = { UDID: "", EnrollmentID: `E-${mac.udid}` };
  await mac.authenticate({ ...ids, SerialNumber: "" });
  await mac.tokenUpdate(ids);
  await rig.settle();
  const asked: string[] = [];
  let answer = await mac.poll("Idle", ids);
  while (answer.command !== undefined) {
    asked.push(answer.command.requestType);
    answer = await mac.acknowledge(answer.command.uuid, ids);
  }
  assert.deepEqual(asked, ["DeviceInformation", "SecurityInfo", "ProfileList", "CertificateList"]);
});

const reset = {
  DeviceRequestType: "Reset",
  DeviceRequestUUID: "8B3B6A0E-0000-4000-8000-000000000001",
  DeviceDNSName: "secret-host.local",
  PrimaryIPv6AddressList: ["fe80::1"],
  SecondaryIPv6AddressList: ["fe80::2"],
  LOMProtocolVersion: 1,
};

test("a command without an entry of its own reaches the Mac with Apple's keys, and waits sealed", async () => {
  const { mac, id } = await quietMac();
  const { commandUuid, warnings } = await send(id, "LOMDeviceRequest", { RequestList: [reset] });
  assert.deepEqual(warnings, []);
  const stored = await storedInput(commandUuid);
  assert.ok(stored.includes("$sealed") && !stored.includes("secret-host"), stored);
  const { command } = await mac.poll();
  assert.equal(command?.requestType, "LOMDeviceRequest");
  assert.deepEqual(command.payload["RequestList"], [Object.assign(Object.create(null), reset)]);
});

test("what Apple's tables refuse is refused with the path and without the value; what they do not know is a warning", async () => {
  const { id } = await quietMac();
  const refused: readonly [object, RegExp][] = [
    [{}, /RequestList is required/],
    [{ RequestList: "secret-text" }, /RequestList must be an array/],
    [
      { RequestList: [{ ...reset, DeviceRequestType: "secret" }] },
      /RequestList\[0\]\.DeviceRequestType must be one of/,
    ],
    [{ RequestList: [{ ...reset, LOMProtocolVersion: { $data: "secret!" } }] }, /\.\$data must be base64/],
    [{ RequestList: null }, /RequestList is null/],
  ];
  for (const [input, message] of refused) {
    await assert.rejects(
      send(id, "LOMDeviceRequest", input),
      (error: { code: string; message: string }) =>
        error.code === "command.invalid-input" && message.test(error.message) && !error.message.includes("secret"),
    );
  }
  const { warnings, commandUuid } = await send(id, "LOMSetupRequest", { Pasword: "secret" });
  assert.deepEqual(
    warnings.map(({ path }) => path),
    ["Pasword"],
  );
  const mistyped = await send(id, "LOMDeviceRequest", { RequestList: [reset], RequestLst: 1 });
  assert.match(mistyped.warnings[0]!.message, /did you mean RequestList\?/);
  assert.ok(!(await storedInput(commandUuid)).includes("secret"), "an unknown key may hold a secret");
  await assert.rejects(send(id, "ValidateApplications"), { code: "command.unknown-type" });
});

test("a raw command goes out as it was written, is marked, and waits sealed", async () => {
  const { mac, id } = await quietMac();
  const keys: PlistDictionary = { Secret: "hunter2", When: new Date(1e12), Blob: Uint8Array.of(1), Deep: ["a", 1] };
  const bytes = buildXmlPlist({ Command: { RequestType: "BrandNewCommand", ...keys }, CommandUUID: `RAW-${id}` });
  const queued = await sendRaw(id, bytes);
  assert.deepEqual(
    [queued.requestType, queued.commandUuid, queued.sha256.length],
    ["BrandNewCommand", `RAW-${id}`, 64],
  );
  assert.deepEqual(queued.warnings, [
    { path: "", message: "Apple documents no command BrandNewCommand" },
    { path: "", message: "Apple's tables do not know this command" },
  ]);
  assert.ok(!(await storedInput(queued.commandUuid)).includes(Buffer.from("hunter2").toString("base64").slice(0, 6)));
  const listed = await find(id, queued.commandUuid);
  assert.deepEqual([listed.isRaw, listed.requestType], [true, "BrandNewCommand"]);
  const { command } = await mac.poll();
  const { RequestType, ...served } = command!.payload;
  assert.equal(RequestType, "BrandNewCommand");
  assert.deepEqual({ ...served, Blob: [...(served["Blob"] as Uint8Array)] }, { ...keys, Blob: [1] });
});

test("a raw command is not refused by the tables, only warned of, and its dictionary may stand alone and be binary", async () => {
  const { mac, id } = await quietMac();
  await learn(id, { appleSilicon: true });
  const bytes = buildBinaryPlist({ RequestType: "SetFirmwarePassword", NewPassword: 5 });
  const { warnings, commandUuid } = await sendRaw(id, bytes);
  assert.match(warnings[0]!.message, /Intel processors only/);
  assert.deepEqual(warnings[1], { path: "NewPassword", message: "must be a string" });
  assert.equal((await mac.poll()).command?.uuid, commandUuid);
});

test("a raw command is bounded and needs a request type", async () => {
  const { id } = await quietMac();
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const large = Buffer.from(buildXmlPlist({ RequestType: "X", Blob: new Uint8Array(1_048_576) }));
  for (const plist of [
    "not base64!",
    base64("no plist"),
    base64("<plist><array/></plist>"),
    Buffer.from(buildXmlPlist({ Command: {} })).toString("base64"),
    Buffer.from(buildXmlPlist({ RequestType: "has space" })).toString("base64"),
    Buffer.from(buildXmlPlist({ Command: { RequestType: "X" }, CommandUUID: "a\nb" })).toString("base64"),
    large.toString("base64"),
  ]) {
    await assert.rejects(sendRaw(id, plist), { code: "command.invalid-plist" });
  }
});

test("the list of commands has every one of Apple's tables, with its kind, its form and its limits", async () => {
  const { items } = (await rig.act(tenant, "commands.list-command-types", {})) as OutputOf<typeof listCommandTypes>;
  const names = items.map(({ requestType }) => requestType);
  assert.deepEqual(names, names.toSorted());
  for (const requestType of commandNames()) assert.ok(names.includes(requestType), requestType);
  const of = (requestType: string) => items.find((item) => item.requestType === requestType)!;
  assert.equal(of("DeviceInformation").kind, "typed");
  const outOfBand = of("LOMDeviceRequest");
  assert.deepEqual([outOfBand.kind, outOfBand.risk], ["generic", "destructive"]);
  assert.deepEqual((outOfBand.input as { required: string[] }).required, ["RequestList"]);
  assert.deepEqual([of("ScheduleOSUpdate").removed, of("SetRecoveryLock").chip], ["27.0", "apple"]);
  assert.deepEqual(of("NSExtensionMappings").channels, ["user"]);
  assert.deepEqual([of("UserList").needsSupervision, of("EraseDevice").allowsUserEnrollment], [true, false]);
});
