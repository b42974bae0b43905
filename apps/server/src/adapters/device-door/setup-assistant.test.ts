import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { AnyFact, DeviceId, FactType, TenantId } from "@pomona/facts";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import type { Answer, TestMac } from "./testing/test-mac.ts";

const WORK = "test/profiles";
let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
  rig.commands.setup.expect(WORK, "profiles of the test");
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
});

const deviceOf = async (mac: TestMac) =>
  (await rig.kernel.store.read(systemScope(tenant, "test"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
const endsOf = async (): Promise<readonly AnyFact["data"][]> => factsOf("device.setup-ended");
const factsOf = async (type: FactType): Promise<readonly AnyFact["data"][]> =>
  (await rig.kernel.store.readAfter(0, { tenantId: tenant, types: [type], limit: 100 })).map(({ data }) => data);
const runJob = async (): Promise<void> => {
  await rig.features
    .flatMap(({ jobs = [] }) => jobs)
    .find(({ name }) => name === "commands/settle-setups")!
    .run();
};
const finishWork = (deviceId: DeviceId, problem?: string) =>
  rig.kernel.store.write(systemScope(tenant, "test"), (tx) =>
    rig.commands.setup.finish(tx, deviceId, WORK, problem ?? null),
  );
/** A Mac of automated enrollment that stands in Setup Assistant, its first questions in the queue. */
async function waitingMac(): Promise<TestMac> {
  const mac = await invitedMac(rig, tenant);
  await mac.authenticate();
  await mac.tokenUpdate({ AwaitingConfiguration: true });
  await rig.settle();
  return mac;
}
/** Answers all that is offered in one way; each command once. */
async function answerAll(mac: TestMac, status: string): Promise<readonly string[]> {
  const types: string[] = [];
  let answer: Answer = await mac.poll();
  while (answer.command !== undefined) {
    types.push(answer.command.requestType);
    answer = await mac.poll(status, { CommandUUID: answer.command.uuid });
  }
  return types;
}

test("case 34: DeviceConfigured is sent when all work is done, not before, and once", async () => {
  // fault: the Mac is let go although work is open
  const mac = await waitingMac();
  const { id } = await deviceOf(mac);
  assert.equal((await drain(mac)).length, 5);
  await rig.settle();
  assert.deepEqual(await drain(mac), [], "the other work is not done yet");
  assert.deepEqual((await deviceOf(mac)).setup?.unfinished, ["profiles of the test"]);
  await finishWork(id);
  await rig.settle();
  assert.equal((await deviceOf(mac)).setup?.state, "releasing");
  assert.deepEqual(await drain(mac), ["DeviceConfigured"]);
  await rig.settle();
  assert.equal((await deviceOf(mac)).setup?.state, "ended");
  rig.clock.advance(86_400_000);
  await runJob();
  assert.deepEqual(await drain(mac), []);
  assert.deepEqual(await endsOf(), [{ reason: "finished", unfinished: [] }]);
});

test("case 34: at the deadline DeviceConfigured is sent before all that waits, and what was not done is named", async () => {
  // fault: the deadline is never over
  // fault: DeviceConfigured waits behind what was put off
  const mac = await waitingMac();
  assert.equal((await answerAll(mac, "NotNow")).length, 5);
  rig.clock.advance(599_000);
  await runJob();
  assert.equal((await mac.poll()).command?.requestType, "DeviceInformation");
  rig.clock.advance(2_000);
  await runJob();
  const unfinished = ["first questions to the Mac", "profiles of the test"];
  const { command } = await mac.poll();
  assert.equal(command?.requestType, "DeviceConfigured", "though five commands were put off");
  assert.deepEqual(await endsOf(), [{ reason: "deadline", unfinished }]);
  assert.equal((await mac.acknowledge(command!.uuid)).command?.requestType, "DeviceInformation");
  await rig.settle();
  const { setup } = await deviceOf(mac);
  assert.deepEqual([setup?.state, setup?.reason, setup?.unfinished], ["ended", "deadline", unfinished]);
});

test("case 34: commands that fail hold no Mac, and are named", async () => {
  const mac = await waitingMac();
  await finishWork((await deviceOf(mac)).id, "the disk is full");
  await answerAll(mac, "CommandFormatError");
  await rig.settle();
  assert.deepEqual(await drain(mac), ["DeviceConfigured"]);
  const [end] = (await endsOf()) as readonly { readonly reason: string; readonly unfinished: readonly string[] }[];
  assert.equal(end!.reason, "finished");
  assert.match(end!.unfinished.join(" | "), /first questions to the Mac: DeviceInformation CommandFormatError/);
  assert.match(end!.unfinished.join(" | "), /profiles of the test: the disk is full/);
});

test("case 34: a DeviceConfigured that the Mac refuses is sent again, ever more slowly", async () => {
  const mac = await waitingMac();
  await finishWork((await deviceOf(mac)).id);
  await drain(mac);
  await rig.settle();
  assert.deepEqual(await answerAll(mac, "Error"), ["DeviceConfigured"]);
  for (const wait of [60_000, 120_000]) {
    rig.clock.advance(wait - 1_000);
    await runJob();
    assert.deepEqual(await answerAll(mac, "Error"), [], "not yet");
    rig.clock.advance(2_000);
    await runJob();
    assert.deepEqual(await answerAll(mac, "Error"), ["DeviceConfigured"]);
  }
  rig.clock.advance(3_600_000);
  await runJob();
  assert.deepEqual(await drain(mac), ["DeviceConfigured"]);
});

test("case 34: a TokenUpdate that says the Mac waits no longer ends it, and nothing is sent", async () => {
  const mac = await waitingMac();
  await mac.tokenUpdate({ AwaitingConfiguration: false });
  const unfinished = ["first questions to the Mac", "profiles of the test"];
  assert.deepEqual(await endsOf(), [{ reason: "mac-went-on", unfinished }]);
  await drain(mac);
  rig.clock.advance(3_600_000);
  await runJob();
  assert.deepEqual(await drain(mac), []);
});

test("case 34: a Mac that says it waits only after it was enrolled is let go when its queue is empty", async () => {
  const mac = await enrolledMac(rig, tenant);
  await mac.tokenUpdate({ AwaitingConfiguration: true });
  await rig.settle();
  assert.equal((await drain(mac)).length, 5);
  await rig.settle();
  assert.deepEqual(await drain(mac), ["DeviceConfigured"]);
});

test("case 34: a server that was stopped meanwhile remembers who waits, and for what", async () => {
  // fault: a server that starts does not look at who waits
  const mac = await waitingMac();
  const { id } = await deviceOf(mac);
  await rig.commands.feature.stop?.();
  await drain(mac);
  await finishWork(id);
  await rig.settle();
  assert.deepEqual(await drain(mac), [], "nobody looks while it is stopped");
  await rig.commands.feature.start?.();
  await rig.settle();
  assert.deepEqual(await drain(mac), ["DeviceConfigured"]);
});

test("a Mac that enrolls anew in Setup Assistant begins its setup anew", async () => {
  const mac = await waitingMac();
  rig.clock.advance(500_000);
  mac.clock = () => Date.now() + 5_000;
  await mac.authenticate();
  assert.equal((await deviceOf(mac)).setup, null);
  await mac.tokenUpdate({ AwaitingConfiguration: true });
  await rig.settle();
  rig.clock.advance(200_000);
  await runJob();
  assert.equal((await drain(mac)).length, 5);
  assert.deepEqual(await drain(mac), [], "the old deadline does not count");
  assert.equal((await factsOf("device.setup-began")).length, 2);
});
