import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { getArray, getString, type PlistDictionary } from "@pomona/plist";
import { ask, type CommandedMacs, part, startCommandedMacs } from "../testing/commanded-macs.ts";
import type { VirtualMac } from "../virtual-mac/virtual-mac.ts";

describe("a virtual Mac that is its user's own", () => {
  let macs: CommandedMacs;
  let mac: VirtualMac;

  before(async () => {
    macs = await startCommandedMacs();
    mac = await macs.openMac({}, { kind: "user" });
  });
  after(async () => {
    await mac.close();
    await macs[Symbol.asyncDispose]();
  });

  const ids = (message: PlistDictionary | undefined): readonly (string | undefined)[] =>
    ["UDID", "SerialNumber", "EnrollmentID", "EnrollmentUserID"].map((key) => getString(message ?? {}, key));

  it("enrolls under a name of its own, and its user after it, and never says what it is", () => {
    const { enrollmentId, enrollmentUserId } = mac.model.userEnrollment!;
    const device = [undefined, undefined, enrollmentId, undefined];
    const user = [undefined, undefined, enrollmentId, enrollmentUserId];
    const { checkIns } = macs.server;
    assert.deepEqual(
      checkIns.map((message) => [getString(message, "MessageType"), ...ids(message)]),
      [
        ["Authenticate", ...device],
        ["TokenUpdate", ...device],
        ["TokenUpdate", ...user],
      ],
    );
    assert.notDeepEqual(checkIns[1]?.["Token"], checkIns[2]?.["Token"]);
    assert.deepEqual([mac.model.isSupervised, mac.model.activationLock.bypassCode], [false, undefined]);
  });

  it("asks on both of its channels, and answers on the one that it was asked on", async () => {
    const uuid = macs.server.queue({ RequestType: "ProfileList" });
    await mac.mdm.connect();
    const reports = macs.server.reports.slice(-3);
    assert.deepEqual(
      reports.map((report) => [
        report["Status"],
        getString(report, "CommandUUID"),
        getString(report, "EnrollmentUserID"),
      ]),
      [
        ["Idle", undefined, undefined],
        ["Acknowledged", uuid, undefined],
        ["Idle", undefined, mac.model.userEnrollment!.enrollmentUserId],
      ],
    );
    for (const report of macs.server.reports) assert.equal(getString(report, "UDID"), undefined);
  });

  it("keeps back what names the hardware, and what the server did not bring", async () => {
    const queries = ["UDID", "SerialNumber", "WiFiMAC", "ProvisioningUDID", "OSVersion"];
    const answer = await ask(macs.server, mac, { RequestType: "DeviceInformation", Queries: queries });
    assert.deepEqual(Object.keys(part(answer, "QueryResponses")), ["OSVersion"]);
    const applications = await ask(macs.server, mac, { RequestType: "InstalledApplicationList" });
    assert.ok(mac.model.applications.length > 0);
    assert.deepEqual(getArray(applications, "InstalledApplicationList"), []);
    const security = part(await ask(macs.server, mac, { RequestType: "SecurityInfo" }), "SecurityInfo");
    assert.equal(part(security, "ManagementStatus")["IsUserEnrollment"], true);
  });

  it("is not the server's to lock, to erase or to restart", async () => {
    for (const RequestType of ["DeviceLock", "EraseDevice", "RestartDevice", "ShutDownDevice", "SetRecoveryLock"])
      assert.equal((await ask(macs.server, mac, { RequestType, PIN: "123456" }))["Status"], "Error", RequestType);
  });

  it("escrows no bootstrap token, and is the same after a start", async () => {
    const user = mac.model.users.find(({ hasSecureToken }) => hasSecureToken);
    await mac.login(user!.name);
    assert.equal(mac.model.bootstrapToken, undefined);
    const before_ = structuredClone(mac.model.userEnrollment);
    await mac.restart();
    assert.deepEqual(mac.model.userEnrollment, before_);
  });

  it("says good-bye under its name, and has another one when it comes again", async () => {
    const { enrollmentId } = mac.model.userEnrollment!;
    await mac.unenroll();
    assert.deepEqual(ids(macs.server.checkIns.at(-1)), [undefined, undefined, enrollmentId, undefined]);
    assert.equal(mac.model.userEnrollment, undefined);
    await mac.enroll(macs.server.invitation, { ca: macs.server.ca.rootPem, kind: "user" });
    assert.notEqual(mac.model.userEnrollment!.enrollmentId, enrollmentId);
  });
});
