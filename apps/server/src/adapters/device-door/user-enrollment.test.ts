import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Device, UserChannel } from "@pomona/contract";
import type { TenantId } from "@pomona/facts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, invitedMac } from "./testing/enroll-mac.ts";
import { TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
});

/** What a User Enrollment says instead of UDID and serial number. */
const ids = (enrollmentId: string) => ({ UDID: "", EnrollmentID: enrollmentId });
async function enrolledUser(enrollmentId: string, claims: Record<string, string> = {}): Promise<TestMac> {
  const mac = await invitedMac(rig, tenant);
  const answers = [
    await mac.authenticate({ ...ids(enrollmentId), SerialNumber: "", ...claims }),
    await mac.tokenUpdate(ids(enrollmentId)),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  await rig.settle();
  return mac;
}
const devices = async (): Promise<readonly Device[]> =>
  ((await rig.act(tenant, "devices.list-devices", {})) as { items: Device[] }).items;

test("case 24: User Enrollment requests are pinned as well, and so are those of its users", async () => {
  // fault: identifiers of User Enrollments are not compared
  const [a, b] = [await enrolledUser("E-1"), await enrolledUser("E-2")];
  assert.equal((await a.poll("Idle", ids("E-1"))).status, 200);
  assert.equal((await a.poll("Idle", ids("E-2"))).status, 403);
  assert.equal((await b.poll("Idle", { ...ids("E-1"), EnrollmentUserID: "U" })).status, 403);
  assert.equal((await b.poll("Idle", { ...ids("E-2"), EnrollmentUserID: "U" })).status, 200);
});

test("Macs of User Enrollment have rows of their own, without serial number and UDID, and claims of either do not count", async () => {
  await enrolledUser("E-1");
  await enrolledUser("E-2", { SerialNumber: "C02CLAIMED" });
  await enrolledUser("E-3", { SerialNumber: "C02CLAIMED" });
  const all = await devices();
  assert.equal(all.length, 3);
  for (const { serialNumber, mdm } of all)
    assert.deepEqual([serialNumber, mdm.udid, mdm.userEnrollment, mdm.enrolled], [null, null, true, true]);
});

test("a User Enrollment that begins anew with its own certificate keeps its row", async () => {
  const mac = await enrolledUser("E-1");
  mac.clock = () => Date.now() + 2_000;
  assert.equal((await mac.authenticate({ ...ids("E-1"), SerialNumber: "" })).status, 200);
  assert.equal((await mac.tokenUpdate(ids("E-1"))).status, 200);
  assert.equal((await devices()).length, 1);
});

test("the channel of a User Enrollment's user is known by EnrollmentUserID", async () => {
  const mac = await enrolledUser("E-1");
  const keys = { ...ids("E-1"), EnrollmentUserID: "ANN", UserLongName: "Ann", Token: Buffer.from("u") };
  assert.equal((await mac.tokenUpdate(keys)).status, 200);
  assert.equal((await mac.authenticate({ ...ids("E-1"), EnrollmentUserID: "ANN" })).status, 403);
  const [device] = await devices();
  const { items } = (await rig.act(tenant, "enrollment.list-user-channels", { deviceId: device!.id })) as {
    items: UserChannel[];
  };
  assert.deepEqual(
    items.map(({ user, longName }) => [user, longName]),
    [["ANN", "Ann"]],
  );
});

test("commands that Apple keeps from User Enrollments are refused when they are queued", async () => {
  const mac = await enrolledUser("E-1");
  const [device] = await devices();
  for (const requestType of ["EraseDevice", "RestartDevice", "ShutDownDevice"]) {
    const order = { deviceId: device!.id, requestType };
    await assert.rejects(rig.act(tenant, "commands.send-command", order), /not possible/, requestType);
  }
  const served: string[] = [];
  for (let next = (await mac.poll("Idle", ids("E-1"))).command; next !== undefined; ) {
    served.push(next.requestType);
    next = (await mac.poll("Acknowledged", { ...ids("E-1"), CommandUUID: next.uuid })).command;
  }
  assert.equal(served[0], "DeviceInformation");
});

test("a User Enrollment cannot use an invitation that names a serial number", async () => {
  const { fetchProfile } = await import("./testing/enroll-mac.ts");
  const { requestIdentity } = await import("./testing/test-mac.ts");
  const profile = await fetchProfile(rig, await rig.invite(tenant, { serialNumber: "C02NAMED" }));
  const { identity } = await requestIdentity(profile.scepUrl, profile.challenge);
  const mac = Object.assign(new TestMac(rig.plainUrl, "C02NAMED"), { identity, topic: profile.topic });
  assert.equal((await mac.authenticate(ids("E-9"))).status, 403);
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 200);
  await rig.settle();
  assert.equal((await drain(mac)).length, 5);
});
