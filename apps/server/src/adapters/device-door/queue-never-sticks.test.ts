import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Command, CommandOfMac, Device } from "@pomona/contract";
import type { DeviceId, TenantId } from "@pomona/facts";
import type { CommandAnswer } from "../../features/commands/index.ts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac } from "./testing/enroll-mac.ts";
import type { TestMac } from "./testing/test-mac.ts";

const WINDOW_MS = 30_000;
let rig: DeviceRig;
let tenant: TenantId;
let needsApproval = false;
before(async () => {
  rig = await deviceRig({
    commands: {
      undo: { windowMs: async (_tx, risk) => (risk === "destructive" ? WINDOW_MS : 0) },
      approval: { needed: async () => (needsApproval ? "approval" : undefined) },
    },
  });
  tenant = await rig.newTenant("Acme");
});
after(() => rig[Symbol.asyncDispose]());

async function quietMac(): Promise<{ mac: TestMac; id: DeviceId }> {
  const mac = await enrolledMac(rig, tenant);
  // Signed with the clock that the test moves: an old signature would be a replay.
  mac.clock = () => rig.clock.now();
  await drain(mac);
  const device = await rig.kernel.store.read(systemScope(tenant, "t"), (tx) =>
    readDeviceBySerial(tx, mac.serialNumber),
  );
  return { mac, id: device!.id };
}
type Sent = { readonly id: string; readonly commandUuid: string; readonly hold: string | null };
const send = async (deviceId: DeviceId, input: Record<string, unknown> = {}, as: "system" | "person" = "system") =>
  (await rig.act(tenant, "commands.send-command", { deviceId, requestType: "SecurityInfo", ...input }, as)) as Sent;
const LOCK = { requestType: "DeviceLock", input: { pin: "123456" } };
const shown = async (deviceId: DeviceId, id: string): Promise<Command> => {
  const { items } = (await rig.act(tenant, "commands.list-commands", { deviceId })) as { items: Command[] };
  return items.find((command) => command.id === id)!;
};
const deadLetters = async (): Promise<readonly CommandOfMac[]> =>
  ((await rig.act(tenant, "commands.list-dead-letters", {})) as { items: CommandOfMac[] }).items;
const pushesTo = (token: string) =>
  rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === token).length;

test("a lock overtakes a night of NotNow and goes out on the very next poll, also when that is a NotNow", async () => {
  const { mac, id } = await quietMac();
  const waiting = [await send(id), await send(id), await send(id)];
  await mac.poll();
  for (let hour = 0; hour < 9; hour++) {
    for (const { commandUuid } of waiting) await mac.poll("NotNow", { CommandUUID: commandUuid });
    rig.clock.advance(3_600_000);
    assert.equal((await mac.poll()).command?.uuid, waiting[0]!.commandUuid);
  }
  const lock = await send(id, LOCK);
  assert.equal((await mac.poll("NotNow", { CommandUUID: waiting[0]!.commandUuid })).command?.uuid, lock.commandUuid);
  assert.equal((await mac.acknowledge(lock.commandUuid)).command?.uuid, waiting[0]!.commandUuid);
  assert.match((await shown(id, waiting[1]!.id)).waitsFor ?? "", /"not now" 9 times in 9 hours/);
});

test("a command that the Mac never answers is put aside after six sendings, and those behind it get their turn", async () => {
  const { mac, id } = await quietMac();
  const [stuck, behind] = [await send(id), await send(id)];
  for (let sending = 0; sending < 6; sending++) {
    assert.equal((await mac.poll()).command?.uuid, stuck.commandUuid, `sending ${sending}`);
    rig.clock.advance(31_000);
  }
  assert.equal((await mac.poll()).command?.uuid, behind.commandUuid);
  const dead = await shown(id, stuck.id);
  assert.deepEqual([dead.state, dead.deadLetter, dead.sendCount], ["expired", "unanswered", 6]);
  assert.match(dead.error ?? "", /sent 6 times and the Mac never answered.*retry/);
  const { name } = (await rig.act(tenant, "devices.show-device", { deviceId: id })) as Device;
  assert.equal((await deadLetters()).find((command) => command.id === stuck.id)?.deviceName, name);
  // A late answer does not count: it was told as given up.
  await mac.acknowledge(stuck.commandUuid);
  assert.equal((await shown(id, stuck.id)).state, "expired");
});

test("a Mac that loses answers and asks again at once does not use up a command's sendings", async () => {
  const { mac, id } = await quietMac();
  const { id: commandId, commandUuid } = await send(id);
  for (let i = 0; i < 12; i++) assert.equal((await mac.poll()).command?.uuid, commandUuid);
  await mac.acknowledge(commandUuid);
  assert.deepEqual((await shown(id, commandId)).state, "acknowledged");
});

test("NotNow is an answer: the sendings are counted anew", async () => {
  const { mac, id } = await quietMac();
  const { commandUuid } = await send(id);
  for (let i = 0; i < 10; i++) {
    assert.equal((await mac.poll()).command?.uuid, commandUuid);
    await mac.poll("NotNow", { CommandUUID: commandUuid });
    rig.clock.advance(3_600_000);
  }
});

test("a dead letter is sent again as a new command with the same input, once, and leaves the list", async () => {
  const { mac, id } = await quietMac();
  const payload = Buffer.from("a profile with a password").toString("base64");
  const old = await send(id, { requestType: "InstallProfile", input: { payload }, expiresInSeconds: 60 });
  rig.clock.advance(61_000);
  assert.equal((await mac.poll()).command, undefined);
  await rig.runJob("commands/archive-answered");
  const again = (await rig.act(tenant, "commands.retry-command", { deviceId: id, commandId: old.id })) as Sent;
  const { command } = await mac.poll();
  assert.equal(command!.uuid, again.commandUuid);
  assert.equal(Buffer.from(command!.payload["Payload"] as Uint8Array).toString("base64"), payload);
  assert.equal((await shown(id, again.id)).retryOf, old.id);
  assert.equal((await shown(id, old.id)).retriedBy, again.id);
  assert.ok(!(await deadLetters()).some((dead) => dead.id === old.id));
  await assert.rejects(rig.act(tenant, "commands.retry-command", { deviceId: id, commandId: old.id }), {
    code: "command.not-retryable",
  });
});

test("the input of a failed command is forgotten after thirty days, that of a done one at once", async () => {
  const { mac, id } = await quietMac();
  const [failed, done] = [await send(id), await send(id)];
  await mac.poll();
  await mac.poll("Error", { CommandUUID: failed.commandUuid });
  await mac.acknowledge(done.commandUuid);
  await rig.runJob("commands/archive-answered");
  const retry = (commandId: string) => rig.act(tenant, "commands.retry-command", { deviceId: id, commandId });
  await assert.rejects(retry(done.id), { code: "command.not-retryable" });
  rig.clock.advance(31 * 86_400_000);
  await rig.runJob("commands/archive-answered");
  await assert.rejects(retry(failed.id), /30 days/);
});

test("a dead letter can be dismissed", async () => {
  const { mac, id } = await quietMac();
  const old = await send(id, { expiresInSeconds: 60 });
  rig.clock.advance(61_000);
  await mac.poll();
  await rig.act(tenant, "commands.dismiss-dead-letter", { commandId: old.id });
  assert.ok(!(await deadLetters()).some((dead) => dead.id === old.id));
});

test("what is upcoming is cancelled in one go, and what was sent is left and counted", async () => {
  const { mac, id } = await quietMac();
  const sent = await send(id);
  await send(id);
  await send(id, { lane: "background" });
  await mac.poll();
  assert.deepEqual(await rig.act(tenant, "commands.clear-commands", { deviceId: id }), { cancelled: 2, sent: 1 });
  assert.equal((await mac.acknowledge(sent.commandUuid)).command, undefined);
});

test("in its undo window a command is neither pushed nor served, can be cancelled, and goes out at its end", async () => {
  const { mac, id } = await quietMac();
  await new Promise((resolve) => setTimeout(resolve, 400));
  const pushes = pushesTo(mac.udid);
  const first = await send(id, LOCK, "person");
  const second = await send(id, LOCK, "person");
  assert.match((await shown(id, first.id)).waitsFor ?? "", /undo window/);
  await rig.settle();
  assert.equal(pushesTo(mac.udid), pushes);
  for (let i = 0; i < 2; i++) assert.equal((await mac.poll()).command, undefined);
  const ordinary = await send(id);
  assert.equal((await mac.poll()).command?.uuid, ordinary.commandUuid);
  assert.equal((await mac.acknowledge(ordinary.commandUuid)).command, undefined);
  await rig.act(tenant, "commands.cancel-command", { deviceId: id, commandId: first.id });
  rig.clock.advance(WINDOW_MS);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const before = pushesTo(mac.udid);
  await rig.runJob("commands/wake-postponed");
  await rig.settle();
  assert.equal(pushesTo(mac.udid), before + 1);
  assert.equal((await mac.poll()).command?.uuid, second.commandUuid);
  assert.equal((await mac.acknowledge(second.commandUuid)).command, undefined);
});

test("what the server does by itself has no undo window", async () => {
  const { mac, id } = await quietMac();
  const lock = await send(id, LOCK);
  assert.equal((await mac.poll()).command?.uuid, lock.commandUuid);
});

test("a command that needs a second person waits until it is released, and then keeps its undo window", async () => {
  const { mac, id } = await quietMac();
  needsApproval = true;
  const held = await send(id, LOCK, "person");
  needsApproval = false;
  assert.equal(held.hold, "approval");
  rig.clock.advance(10 * WINDOW_MS);
  for (let i = 0; i < 2; i++) assert.equal((await mac.poll()).command, undefined);
  assert.match((await shown(id, held.id)).waitsFor ?? "", /second person/);
  const release = (hold: "approval" | "paused") =>
    rig.kernel.store.write(systemScope(tenant, "approvals"), (tx) =>
      rig.commands.queue.release(tx, held.id as never, hold),
    );
  assert.equal(await release("paused"), false, "another reason releases nothing");
  assert.equal(await release("approval"), true);
  assert.equal((await mac.poll()).command?.uuid, held.commandUuid);
});

test("a user's channel has a queue of its own, with its own push and its own idle polls", async () => {
  const { mac, id } = await quietMac();
  const userId = "11111111-2222-3333-4444-555555555555";
  const user = { UserID: userId, UserShortName: "pat", UserLongName: "Pat Doe" };
  await assert.rejects(send(id, { userId }), { code: "command.no-such-user" });
  await mac.tokenUpdate({ ...user, Token: Buffer.from("user-token"), PushMagic: "user-magic" });
  const [forUser, forDevice] = [await send(id, { userId }), await send(id)];
  await rig.settle();
  assert.equal(pushesTo("user-token"), 1);
  assert.equal((await shown(id, forUser.id)).channel, `${mac.udid}:${userId}`);
  assert.equal((await mac.poll()).command?.uuid, forDevice.commandUuid);
  assert.equal((await mac.acknowledge(forDevice.commandUuid)).command, undefined);
  assert.equal((await mac.poll("Idle", user)).command?.uuid, forUser.commandUuid);
  // The device channel cannot answer for the user's.
  await mac.acknowledge(forUser.commandUuid);
  assert.equal((await shown(id, forUser.id)).state, "sent");
  assert.equal((await mac.acknowledge(forUser.commandUuid, user)).command, undefined);
  assert.equal((await shown(id, forUser.id)).state, "acknowledged");
  for (let i = 0; i < 2; i++) assert.equal((await mac.poll("Idle", user)).bytes.length, 0);
  const later = await send(id, { userId });
  assert.equal((await mac.poll("Idle", user)).command?.uuid, later.commandUuid);
});

test("who asked for a command hears of its end in the same transaction, whatever the end is", async () => {
  const heard: CommandAnswer[] = [];
  rig.commands.onAnswer(["CertificateList"], async (_tx, answer) => {
    if (answer.command.actor === "hook test") heard.push(answer);
  });
  const { mac, id } = await quietMac();
  const enqueue = (ttlMs = 600_000) =>
    rig.kernel.store.write(systemScope(tenant, "t"), (tx) =>
      rig.commands.queue.enqueue(tx, { deviceId: id, requestType: "CertificateList", actor: "hook test", ttlMs }),
    );
  const [acked, failed, expired] = [await enqueue(), await enqueue(), await enqueue(1000)];
  await mac.poll();
  await mac.acknowledge(acked.commandUuid, { CertificateList: [] });
  rig.clock.advance(2000);
  await mac.poll("Error", { CommandUUID: failed.commandUuid });
  const cancelled = await enqueue();
  await rig.act(tenant, "commands.cancel-command", { deviceId: id, commandId: cancelled.id });
  assert.deepEqual(
    heard.map(({ command, state, report, enrollment }) => [command.id, state, report !== null, enrollment !== null]),
    [
      [acked.id, "acknowledged", true, true],
      [failed.id, "error", true, true],
      [expired.id, "expired", false, true],
      [cancelled.id, "cancelled", false, true],
    ],
  );
});

test("a hook that fails undoes the end of the command, so that the Mac reports again", async () => {
  let isBroken = true;
  rig.commands.onAnswer(["ProfileList"], async (_tx, { command }) => {
    if (command.actor === "broken" && isBroken) throw new Error("disk on fire");
  });
  const { mac, id } = await quietMac();
  const queued = await rig.kernel.store.write(systemScope(tenant, "t"), (tx) =>
    rig.commands.queue.enqueue(tx, { deviceId: id, requestType: "ProfileList", actor: "broken" }),
  );
  await mac.poll();
  const answer = await mac.acknowledge(queued.commandUuid, { ProfileList: [] });
  assert.equal(answer.status, 500);
  assert.equal((await shown(id, queued.id)).state, "sent");
  isBroken = false;
  await mac.acknowledge(queued.commandUuid, { ProfileList: [] });
  assert.equal((await shown(id, queued.id)).state, "acknowledged");
});

test("a Mac that does not come for its commands is woken again, ever more slowly", async () => {
  const { mac, id } = await quietMac();
  await send(id);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const rounds: number[] = [];
  for (const minutes of [4, 2, 10, 6, 30]) {
    rig.clock.advance(minutes * 60_000);
    const before = pushesTo(mac.udid);
    await rig.runJob("commands/wake-silent");
    await new Promise((resolve) => setTimeout(resolve, 400));
    rounds.push(pushesTo(mac.udid) - before);
  }
  assert.deepEqual(rounds, [0, 1, 0, 1, 0]);
});
