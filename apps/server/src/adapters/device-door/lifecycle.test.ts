import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Command } from "@pomona/contract";
import type { FactType, TenantId } from "@pomona/facts";
import { getData, isDictionary, parsePlist } from "@pomona/plist";
import { readDeviceBySerial } from "../../features/devices/index.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readRow } from "../../testing/read-row.ts";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { drain, enrolledMac, invitedMac } from "./testing/enroll-mac.ts";
import { requestIdentity, type TestMac } from "./testing/test-mac.ts";

let rig: DeviceRig;
let tenant: TenantId;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  tenant = await rig.newTenant("Acme");
});

const deviceOf = async (mac: TestMac) =>
  (await rig.kernel.store.read(systemScope(tenant, "test"), (tx) => readDeviceBySerial(tx, mac.serialNumber)))!;
const factsOf = async (type: FactType) =>
  rig.kernel.store.readAfter(0, { tenantId: tenant, types: [type], limit: 1000 });
const bootstrapToken = async (mac: TestMac): Promise<string> => {
  const answer = await mac.checkIn("GetBootstrapToken");
  assert.equal(answer.status, 200);
  if (answer.bytes.length === 0) return "";
  const plist = parsePlist(answer.bytes);
  assert.ok(isDictionary(plist));
  return Buffer.from(getData(plist, "BootstrapToken")!).toString("latin1");
};
/** What is kept of its UnlockToken; undefined when nothing is. */
function unlockToken(mac: TestMac): string | undefined {
  const row = readRow<{ id: string; sealed: string | null }>(
    rig.kernel,
    "SELECT id, sealed_unlock_token AS sealed FROM enrollments WHERE identifier = ?",
    mac.udid,
  );
  if (row.sealed === null) return undefined;
  const place = { table: "enrollments", row: row.id, field: "sealed_unlock_token" };
  return Buffer.from(rig.kernel.vault.open(tenant, place, JSON.parse(row.sealed)).expose()).toString();
}
/** A renewed identity of an enrolled Mac, as SCEP's RenewalReq gives it. */
async function renewedIdentity(mac: TestMac) {
  const { reply, identity } = await requestIdentity(`${rig.plainUrl}/scep/${tenant}`, undefined, {
    renew: mac.identity!,
  });
  assert.equal(reply.status, "success");
  return identity!;
}

test("case 25: a new enrollment clears queue, bootstrap token, unlock token and tally", async () => {
  // fault: a new enrollment clears nothing
  // fault: a new enrollment goes on counting TokenUpdates
  // fault: a new enrollment keeps the unlock token
  const mac = await enrolledMac(rig, tenant);
  await mac.tokenUpdate({ UnlockToken: Buffer.from("unlock") });
  assert.equal(unlockToken(mac), "unlock");
  await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("token") });
  // Signed at another second: the very same message again would be a repetition, which changes nothing.
  mac.clock = () => Date.now() + 2_000;
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await deviceOf(mac)).mdmEnrolled, false);
  assert.equal((await mac.poll()).command, undefined, "nothing of the old queue is served");
  assert.equal(await bootstrapToken(mac), "");
  assert.equal(unlockToken(mac), undefined);
  await mac.tokenUpdate();
  assert.equal((await factsOf("device.enrolled")).length, 2);
});

test("case 26: a renewal keeps queue, bootstrap token and tally, and the old certificate until its TokenUpdate", async () => {
  // fault: a renewal is taken for a new enrollment
  const mac = await enrolledMac(rig, tenant);
  await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("token") });
  const old = mac.identity!;
  const renewed = await renewedIdentity(mac);
  mac.identity = renewed;
  assert.equal((await mac.poll()).status, 403);
  assert.equal((await mac.authenticate()).status, 200);
  mac.identity = old;
  assert.equal((await mac.poll()).command?.requestType, "DeviceInformation");
  mac.identity = renewed;
  assert.equal((await mac.tokenUpdate()).status, 200);
  assert.equal((await mac.poll()).command?.requestType, "DeviceInformation");
  assert.equal(await bootstrapToken(mac), "token");
  assert.equal((await factsOf("device.enrolled")).length, 1);
  mac.identity = old;
  assert.equal((await mac.poll()).status, 403, "the old certificate ended with that TokenUpdate");
});

test("case 21: a new certificate enters only through Authenticate, and the old one counts until its TokenUpdate", async () => {
  // fault: any certificate of the enrollment counts at once
  // fault: the old certificate ends with the new one's Authenticate
  const mac = await enrolledMac(rig, tenant);
  const old = mac.identity!;
  const renewed = await renewedIdentity(mac);
  const statusOf = async (identity: typeof old): Promise<number> => {
    mac.identity = identity;
    return (await mac.poll()).status;
  };
  assert.equal(await statusOf(renewed), 403, "before Authenticate");
  assert.equal((await mac.tokenUpdate()).status, 403, "nor does a TokenUpdate let it in");
  await mac.authenticate();
  assert.deepEqual([await statusOf(old), await statusOf(renewed)], [200, 200], "for a short time both");
  await mac.tokenUpdate();
  assert.deepEqual([await statusOf(old), await statusOf(renewed)], [403, 200]);
});

/** Renews, acknowledges the profile before or after the check-ins or never. @returns what was served afterwards */
async function renewWith(moment: "before" | "after" | "never"): Promise<readonly string[]> {
  const mac = await enrolledMac(rig, tenant);
  await drain(mac);
  const { id } = await deviceOf(mac);
  const send = async (requestType: string, input = {}): Promise<string> => {
    const order = { deviceId: id, requestType, input };
    return ((await rig.act(tenant, "commands.send-command", order)) as { commandUuid: string }).commandUuid;
  };
  const profile = await send("InstallProfile", { payload: Buffer.from("profile").toString("base64") });
  await send("ProfileList");
  assert.equal((await mac.poll()).command?.uuid, profile);
  const renewed = await renewedIdentity(mac);
  if (moment === "before") assert.equal((await mac.acknowledge(profile)).command?.requestType, "ProfileList");
  mac.identity = renewed;
  assert.equal((await mac.authenticate()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 200);
  if (moment === "after") assert.equal((await mac.acknowledge(profile)).command?.requestType, "ProfileList");
  const served = await drain(mac);
  const { items } = (await rig.act(tenant, "commands.list-commands", { deviceId: id })) as { items: Command[] };
  assert.deepEqual(new Set(items.map(({ state }) => state)), new Set(["acknowledged"]), "none was lost or cancelled");
  return served;
}

test("case 27: a renewal holds when its profile is acknowledged before the check-ins", async () => {
  // fault: a renewal clears the queue
  assert.deepEqual(await renewWith("before"), ["ProfileList"]);
});

test("case 27: a renewal holds when its profile is acknowledged after the check-ins", async () => {
  assert.deepEqual(await renewWith("after"), ["ProfileList"]);
});

test("case 27: a renewal holds when its profile is never acknowledged, which is then sent again", async () => {
  assert.deepEqual(await renewWith("never"), ["InstallProfile", "ProfileList"]);
});

test("case 28: no push before the first TokenUpdate, also not with the token of the enrollment before", async () => {
  // fault: the Mac counts as enrolled, with its old token, from Authenticate on
  const mac = await invitedMac(rig, tenant);
  const pushes = () => rig.sender.sent.filter(({ pushToken }) => Buffer.from(pushToken).toString() === mac.udid).length;
  await mac.authenticate();
  await rig.settle();
  assert.equal(pushes(), 0);
  const { id } = await deviceOf(mac);
  const push = () => rig.act(tenant, "push.send-test-push", { deviceId: id });
  await assert.rejects(push(), /cannot be woken/);
  await mac.tokenUpdate();
  await push();
  mac.clock = () => Date.now() + 2_000;
  await mac.authenticate();
  await assert.rejects(push(), /cannot be woken/);
});

test("case 29: the first TokenUpdate starts the enrollment workflow, and no later one does", async () => {
  // fault: every TokenUpdate starts the enrollment workflow
  const mac = await enrolledMac(rig, tenant);
  assert.deepEqual(await drain(mac), [
    "DeviceInformation",
    "SecurityInfo",
    "InstalledApplicationList",
    "ProfileList",
    "CertificateList",
  ]);
  await mac.tokenUpdate();
  await mac.tokenUpdate();
  await rig.settle();
  assert.deepEqual(await drain(mac), []);
  assert.equal((await factsOf("device.enrolled")).length, 1);
});

test("case 30: a TokenUpdate without AwaitingConfiguration or UnlockToken keeps the stored value", async () => {
  // fault: a missing AwaitingConfiguration counts as false
  // fault: a missing UnlockToken clears the stored one
  const mac = await invitedMac(rig, tenant);
  await mac.authenticate();
  await mac.tokenUpdate({ AwaitingConfiguration: true, UnlockToken: Buffer.from("unlock") });
  await mac.tokenUpdate();
  assert.equal(unlockToken(mac), "unlock");
  await rig.settle();
  await drain(mac);
  await rig.settle();
  assert.deepEqual(await drain(mac), ["DeviceConfigured"], "it still waits");
});

test("case 32: after CheckOut the Mac is not pushed and not answered", async () => {
  // fault: CheckOut leaves the Mac enrolled
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.checkIn("CheckOut")).status, 200);
  assert.equal((await mac.poll()).status, 403);
  assert.equal((await mac.tokenUpdate()).status, 403);
  const device = await deviceOf(mac);
  assert.equal(device.mdmEnrolled, false);
  assert.equal(device.mdmPushable, false);
  assert.deepEqual(
    (await factsOf("device.unenrolled")).map(({ data }) => data),
    [{ reason: "check-out" }],
  );
  const send = rig.act(tenant, "commands.send-command", { deviceId: device.id, requestType: "SecurityInfo" });
  await assert.rejects(send, /not enrolled/);
});

test("case 33: a topic that is not the tenant's is refused", async () => {
  // fault: any topic is taken
  const mac = await invitedMac(rig, tenant);
  assert.equal((await mac.authenticate({ Topic: "com.apple.mgmt.Else" })).status, 403);
  assert.equal((await mac.authenticate()).status, 200);
});

test("case 35: no bootstrap token is an empty 200", async () => {
  // fault: no bootstrap token is an error
  const mac = await enrolledMac(rig, tenant);
  assert.equal(await bootstrapToken(mac), "");
});

test("case 36: a missing or empty bootstrap token deletes the stored one", async () => {
  const mac = await enrolledMac(rig, tenant);
  for (const none of [{}, { BootstrapToken: Buffer.alloc(0) }]) {
    await mac.checkIn("SetBootstrapToken", { BootstrapToken: Buffer.from("token") });
    assert.equal((await deviceOf(mac)).facts.bootstrapTokenEscrowed, true);
    assert.equal((await mac.checkIn("SetBootstrapToken", none)).status, 200);
    assert.equal(await bootstrapToken(mac), "");
    assert.equal((await deviceOf(mac)).facts.bootstrapTokenEscrowed, false);
  }
});

test("case 37: a bootstrap token comes back as the very bytes that came in", async () => {
  // fault: the bootstrap token is made base64 a second time
  const mac = await enrolledMac(rig, tenant);
  const raw = Buffer.from([0, 255, 10, 13, 65, 61]);
  await mac.checkIn("SetBootstrapToken", { BootstrapToken: raw });
  assert.equal(await bootstrapToken(mac), raw.toString("latin1"));
});

test("case 38: bootstrap tokens are for the device channel only", async () => {
  // fault: a user gets the Mac's bootstrap token
  const mac = await enrolledMac(rig, tenant);
  assert.equal((await mac.checkIn("SetBootstrapToken", { UserID: "U", BootstrapToken: Buffer.from("x") })).status, 403);
  assert.equal((await mac.checkIn("GetBootstrapToken", { UserID: "U" })).status, 403);
});

test("case 7: an expired identity may poll for a while, so that a renewal reaches it, and may do nothing else", async () => {
  // fault: an expired identity is good for ever
  const mac = await enrolledMac(rig, tenant);
  const end = mac.identity!.certificate.notAfter;
  rig.clock.advance(end - rig.clock.now() + 86_400_000);
  assert.equal((await mac.poll()).status, 200);
  assert.equal((await mac.tokenUpdate()).status, 403);
  rig.clock.advance(60 * 86_400_000);
  assert.equal((await mac.poll()).status, 403);
});
