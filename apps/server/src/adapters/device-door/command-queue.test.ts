import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Command } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import { quarantineDevice, readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readRow } from "../../testing/read-row.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac } from "./testing/enroll-mac.ts";
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
  const device = await rig.kernel.store.read(systemScope(tenant, "t"), (tx) =>
    readDeviceBySerial(tx, mac.serialNumber),
  );
  return { mac, id: device!.id };
}
const send = async (deviceId: DeviceId, input: Record<string, unknown> = {}): Promise<string> => {
  const order = { deviceId, requestType: "SecurityInfo", ...input };
  return ((await rig.act(tenant, "commands.send-command", order)) as { commandUuid: string }).commandUuid;
};
const list = async (deviceId: DeviceId): Promise<readonly Command[]> =>
  ((await rig.act(tenant, "commands.list-commands", { deviceId })) as { items: Command[] }).items;
const stateOf = async (deviceId: DeviceId, uuid: string) =>
  (await list(deviceId)).find(({ commandUuid }) => commandUuid === uuid)?.state;

test("case 40: Idle with nothing queued is 200 and zero bytes", async () => {
  // fault: nothing to do is answered with a byte
  const { mac } = await quietMac();
  for (let i = 0; i < 3; i++) {
    const answer = await mac.poll();
    assert.deepEqual([answer.status, answer.bytes.length], [200, 0]);
  }
});

test("case 41: commands come in order, the next in the answer to the report on the one before", async () => {
  // fault: the newest command goes first
  const { mac, id } = await quietMac();
  const uuids = [await send(id), await send(id), await send(id)];
  const served: (string | undefined)[] = [(await mac.poll()).command?.uuid];
  for (const uuid of uuids) served.push((await mac.acknowledge(uuid)).command?.uuid);
  assert.deepEqual(served, [...uuids, undefined]);
  assert.deepEqual(
    (await list(id)).slice(0, 3).map(({ state }) => state),
    ["acknowledged", "acknowledged", "acknowledged"],
  );
});

test("an urgent command overtakes those that wait", async () => {
  const { mac, id } = await quietMac();
  await send(id, { lane: "background" });
  await send(id);
  const urgent = await send(id, { lane: "urgent" });
  assert.equal((await mac.poll()).command?.uuid, urgent);
});

test("case 42: after NotNow comes the next that is not postponed, and the postponed one on the next other poll", async () => {
  const { mac, id } = await quietMac();
  const [first, second] = [await send(id), await send(id)];
  await mac.poll();
  assert.equal((await mac.poll("NotNow", { CommandUUID: first })).command?.uuid, second);
  assert.equal((await mac.poll("NotNow", { CommandUUID: second })).command, undefined);
  assert.equal((await mac.poll()).command?.uuid, first);
});

test("case 43: NotNow is counted, and the Mac is woken again", async () => {
  // fault: NotNow is not counted
  const { mac, id } = await quietMac();
  const uuid = await send(id);
  await mac.poll();
  await mac.poll("NotNow", { CommandUUID: uuid });
  const command = (await list(id)).find(({ commandUuid }) => commandUuid === uuid)!;
  assert.equal(command.notNowCount, 1);
  assert.match(command.waitsFor ?? "", /not now/);
  rig.clock.advance(61_000);
  // The push after the enqueue has to be through, or this one would become one with it.
  await new Promise((resolve) => setTimeout(resolve, 400));
  const pushes = () => rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === mac.udid).length;
  const before = pushes();
  const job = rig.features.flatMap(({ jobs = [] }) => jobs).find(({ name }) => name === "commands/wake-postponed")!;
  await job.run();
  await rig.settle();
  assert.equal(pushes(), before + 1);
});

test("case 44: Error and CommandFormatError end a command with the first link of the chain", async () => {
  const { mac, id } = await quietMac();
  const [first, second] = [await send(id), await send(id)];
  await mac.poll();
  const ErrorChain = [{ ErrorCode: 12, ErrorDomain: "MCMDMErrorDomain", USEnglishDescription: "Cannot." }];
  await mac.poll("Error", { CommandUUID: first, ErrorChain });
  await mac.poll("CommandFormatError", { CommandUUID: second });
  const [b, a] = await list(id);
  assert.deepEqual([a!.state, a!.error], ["error", "Cannot. (MCMDMErrorDomain 12)"]);
  assert.deepEqual([b!.state, b!.error], ["formatError", "CommandFormatError"]);
});

test("case 45: the same report twice changes nothing and is answered with the same next command", async () => {
  const { mac, id } = await quietMac();
  const [first, second] = [await send(id), await send(id)];
  await mac.poll();
  assert.equal((await mac.acknowledge(first)).command?.uuid, second);
  assert.equal((await mac.acknowledge(first)).command?.uuid, second);
  assert.equal((await mac.poll("Error", { CommandUUID: first })).command?.uuid, second);
  assert.equal(await stateOf(id, first), "acknowledged");
  const facts = await rig.kernel.store.readAfter(0, { tenantId: tenant, types: ["command.answered"], limit: 1000 });
  const commandId = (await list(id)).find(({ commandUuid }) => commandUuid === first)!.id;
  assert.equal(facts.filter(({ data }) => "commandId" in data && data.commandId === commandId).length, 1);
});

test("case 46: a report for an unknown command is answered with the next", async () => {
  // fault: a report for an unknown command is a fault
  const { mac, id } = await quietMac();
  const uuid = await send(id);
  const answer = await mac.acknowledge("NEVER-SENT");
  assert.deepEqual([answer.status, answer.command?.uuid], [200, uuid]);
});

test("case 47: a report without CommandUUID is 400", async () => {
  const { mac } = await quietMac();
  for (const status of ["Acknowledged", "NotNow", "Error"]) assert.equal((await mac.poll(status)).status, 400);
});

test("case 48: parallel polls neither lose nor duplicate a command", async () => {
  // fault: each of two polls at once gets a command of its own
  const { mac, id } = await quietMac();
  const uuids = [await send(id), await send(id)];
  const polls = await Promise.all(Array.from({ length: 8 }, () => mac.poll()));
  assert.deepEqual(new Set(polls.map(({ command }) => command?.uuid)), new Set([uuids[0]]));
  const reports = await Promise.all(Array.from({ length: 8 }, () => mac.acknowledge(uuids[0]!)));
  assert.deepEqual(new Set(reports.map(({ command }) => command?.uuid)), new Set([uuids[1]]));
  assert.deepEqual([await stateOf(id, uuids[0]!), await stateOf(id, uuids[1]!)], ["acknowledged", "sent"]);
});

test("case 49: one UUID may go to two Macs, and to each only once", async () => {
  // fault: a UUID may go to one Mac twice
  const [a, b] = [await quietMac(), await quietMac()];
  const enqueue = (deviceId: DeviceId) =>
    rig.kernel.store.write(systemScope(tenant, "t"), (tx) =>
      rig.commands.queue.enqueue(tx, { deviceId, requestType: "SecurityInfo", commandUuid: "SAME" }),
    );
  await enqueue(a.id);
  await enqueue(b.id);
  await assert.rejects(enqueue(a.id), /before/);
  await drain(a.mac);
  await assert.rejects(enqueue(a.id), /before/, "after it was answered too");
});

test("case 50: an enqueue pushes once it is committed, and not when it fails", async () => {
  // fault: the push goes out within the transaction
  const { mac, id } = await quietMac();
  const pushes = () => rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === mac.udid).length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  const before = pushes();
  const failing = rig.kernel.store.write(systemScope(tenant, "t"), async (tx) => {
    await rig.commands.queue.enqueue(tx, { deviceId: id, requestType: "SecurityInfo" });
    throw new Error("undone");
  });
  await assert.rejects(failing, /undone/);
  await rig.settle();
  assert.equal(pushes(), before);
  await send(id);
  await rig.settle();
  assert.equal(pushes(), before + 1);
});

test("case 51: a command that was sent and not answered is sent again", async () => {
  // fault: what was sent once is given up
  const { mac, id } = await quietMac();
  const uuid = await send(id);
  for (let i = 0; i < 3; i++) assert.equal((await mac.poll()).command?.uuid, uuid);
});

test("case 52: what a command needs is asked again when it is served", async () => {
  // fault: what a command needs is not asked again when it is served
  const { mac, id } = await quietMac();
  await mac.tokenUpdate({ AwaitingConfiguration: true });
  await rig.settle();
  // The server itself lets it go now; a person's order of the same waits behind it.
  const own = (await mac.poll()).command!;
  assert.equal(own.requestType, "DeviceConfigured");
  const uuid = await send(id, { requestType: "DeviceConfigured" });
  await mac.tokenUpdate({ AwaitingConfiguration: false });
  assert.equal((await mac.acknowledge(own.uuid)).command, undefined);
  const command = (await list(id)).find(({ commandUuid }) => commandUuid === uuid)!;
  assert.equal(command.state, "error");
  assert.match(command.error ?? "", /does not wait in Setup Assistant/);
});

test("case 52: what a command needs is asked when it is queued", async () => {
  const { id } = await quietMac();
  await assert.rejects(send(id, { requestType: "DeviceConfigured" }), /does not wait in Setup Assistant/);
});

test("an expired command is not served, and ends as expired", async () => {
  const { mac, id } = await quietMac();
  const uuid = await send(id, { expiresInSeconds: 60 });
  rig.clock.advance(61_000);
  assert.equal((await mac.poll()).command, undefined);
  assert.equal(await stateOf(id, uuid), "expired");
});

test("a command that was not sent can be cancelled, a sent one cannot", async () => {
  const { mac, id } = await quietMac();
  await send(id);
  await send(id);
  const [second, first] = await list(id);
  await mac.poll();
  const cancel = (commandId: string) => rig.act(tenant, "commands.cancel-command", { deviceId: id, commandId });
  await cancel(second!.id);
  await assert.rejects(cancel(first!.id), /cannot be cancelled/);
  assert.equal((await mac.acknowledge(first!.commandUuid)).command, undefined);
});

test("a quarantined Mac gets no commands until it is released", async () => {
  const { mac, id } = await quietMac();
  const uuid = await send(id);
  await rig.kernel.store.write(systemScope(tenant, "t"), (tx) => quarantineDevice(tx, id, "two bodies"));
  assert.equal((await mac.poll()).command, undefined);
  await rig.act(tenant, "devices.release-device", { deviceId: id });
  assert.equal((await mac.poll()).command?.uuid, uuid);
});

test("secrets of a command are sealed while it waits, and open in what the Mac gets", async () => {
  const { mac, id } = await quietMac();
  const payload = Buffer.from("profile with a password").toString("base64");
  await send(id, { requestType: "InstallProfile", input: { payload } });
  const { readOpen } = await import("../../features/commands/commands.sql.ts");
  const [row] = await rig.kernel.store.read(systemScope(tenant, "t"), (tx) => readOpen(tx, id, { limit: 1 }));
  assert.equal(row!.input.includes(payload), false);
  const { command } = await mac.poll();
  assert.equal(Buffer.from(command!.payload["Payload"] as Uint8Array).toString("base64"), payload);
});

test("answered commands move to the history and stay in the list", async () => {
  const { id } = await quietMac();
  const before = await list(id);
  const job = rig.features.flatMap(({ jobs = [] }) => jobs).find(({ name }) => name === "commands/archive-answered")!;
  await job.run();
  assert.deepEqual(await list(id), before);
});

test("answered commands that could not be moved, as on a full disk, are moved by the next run", async () => {
  const { store } = rig.kernel;
  const macs = await Promise.all(Array.from({ length: 30 }, () => quietMac()));
  for (const { mac, id } of macs) {
    await send(id, { requestType: "ProfileList" });
    await mac.acknowledge((await mac.poll()).command!.uuid, { ProfileList: [] });
  }
  const left = () => readRow<{ n: number }>(rig.kernel, "SELECT count(*) AS n FROM command_queue WHERE is_open = 0").n;
  assert.ok(left() >= 30);
  const { write } = store;
  let writes = 0;
  store.write = (scope, body) => {
    writes += 1;
    return writes === 2
      ? Promise.reject(new Error("the disk is full"))
      : (write.call(store, scope, body as never) as never);
  };
  const job = rig.features.flatMap(({ jobs = [] }) => jobs).find(({ name }) => name === "commands/archive-answered")!;
  try {
    await assert.rejects(job.run(), /disk is full/);
  } finally {
    store.write = write;
  }
  assert.ok(left() > 0, "some are left");
  await job.run();
  assert.equal(left(), 0);
});

test("an input that does not fit, and a command that does not exist, are refused before anything is queued", async () => {
  const { id } = await quietMac();
  await assert.rejects(send(id, { requestType: "DeviceLock", input: { pin: "12" } }), /does not fit DeviceLock/);
  await assert.rejects(send(id, { requestType: "MakeCoffee" }), /no command MakeCoffee/);
});
