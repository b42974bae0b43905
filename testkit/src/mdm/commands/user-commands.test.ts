import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { PlistDictionary } from "@pomona/plist";
import { buildXmlPlist } from "@pomona/plist";
import { passwordFits } from "../../model/passwords.ts";
import { ask as askOf, type CommandedMacs, part, plain, startCommandedMacs } from "../../testing/commanded-macs.ts";
import type { VirtualMac } from "../../virtual-mac/virtual-mac.ts";

let macs: CommandedMacs;
before(async () => {
  macs = await startCommandedMacs();
});
after(() => macs[Symbol.asyncDispose]());
const ask = (mac: VirtualMac, command: PlistDictionary) => askOf(macs.server, mac, command);
const statusOf = async (mac: VirtualMac, command: PlistDictionary) => (await ask(mac, command))["Status"];

const hashFor = (password: string) => {
  const salt = Buffer.alloc(32, 7);
  const entropy = pbkdf2Sync(password, salt, 1000, 128, "sha512");
  return buildXmlPlist({ "SALTED-SHA512-PBKDF2": { entropy, salt, iterations: 1000 } });
};

describe("accounts of a virtual Mac", { timeout: 60_000 }, () => {
  it("are listed, unlocked and deleted, but not whoever is logged in or alone holds a secure token", async () => {
    await using mac = await macs.openMac();
    const [first] = mac.model.users;
    mac.model.users = [
      first!,
      { ...first!, name: "second", guid: "G2", uid: 599, hasSecureToken: false, isLocked: true },
    ];
    mac.model.consoleUser = undefined;
    const { Users } = await ask(mac, { RequestType: "UserList" });
    assert.deepEqual(
      (Users as PlistDictionary[]).map((user) => [user["UserName"], user["HasSecureToken"]]),
      [
        [first!.name, true],
        ["second", false],
      ],
    );
    await ask(mac, { RequestType: "UnlockUserAccount", UserName: "second" });
    assert.equal(mac.model.users[1]?.isLocked, false);
    assert.equal(await statusOf(mac, { RequestType: "DeleteUser", UserName: first!.name }), "Error");
    mac.model.consoleUser = "second";
    assert.equal(await statusOf(mac, { RequestType: "DeleteUser", UserName: "second" }), "Error");
    mac.model.consoleUser = undefined;
    assert.equal(await statusOf(mac, { RequestType: "DeleteUser", UserName: "second" }), "Acknowledged");
    assert.equal(mac.model.users.length, 1);
    mac.model.isSupervised = false;
    assert.equal(await statusOf(mac, { RequestType: "UserList" }), "Error");
  });

  it("come from Setup Assistant, which waits for DeviceConfigured and makes the administrator that it was told", async () => {
    await using mac = await macs.openMac({}, { kind: "automated", isAwaitingConfiguration: true });
    const person = { name: "ann", fullName: "Ann", password: "ann's" };
    assert.equal(macs.server.checkIns.at(-1)?.["AwaitingConfiguration"], true);
    await assert.rejects(mac.finishSetup(person));
    const account = (password: string) => ({
      shortName: "it",
      fullName: "IT",
      passwordHash: hashFor(password),
      hidden: true,
    });
    const configure: PlistDictionary = {
      RequestType: "AccountConfiguration",
      SetPrimarySetupAccountAsRegularUser: true,
      AutoSetupAdminAccounts: [account("first words")],
    };
    assert.equal(await statusOf(mac, { ...configure, AutoSetupAdminAccounts: [] }), "CommandFormatError");
    assert.equal(await statusOf(mac, configure), "Acknowledged");
    const [admin] = mac.model.users;
    assert.ok(admin?.isAutoAdmin && admin.isHidden && !admin.hasSecureToken && passwordFits(admin, "first words"));
    const query = { RequestType: "DeviceInformation", Queries: ["AutoSetupAdminAccounts", "AwaitingConfiguration"] };
    assert.deepEqual(plain(part(await ask(mac, query), "QueryResponses")), {
      AutoSetupAdminAccounts: [{ GUID: admin.guid, shortName: "it" }],
      AwaitingConfiguration: true,
    });
    assert.equal(await statusOf(mac, { RequestType: "DeviceConfigured" }), "Acknowledged");
    assert.equal(macs.server.checkIns.at(-1)?.["AwaitingConfiguration"], false);
    assert.equal(await statusOf(mac, { RequestType: "DeviceConfigured" }), "Error");
    assert.equal(await statusOf(mac, configure), "Error");
    await mac.finishSetup(person);
    const ann = mac.model.users.find(({ name }) => name === "ann");
    assert.ok(ann !== undefined && !ann.admin && ann.hasSecureToken);

    const set = (guid: string) => ({
      RequestType: "SetAutoAdminPassword",
      GUID: guid,
      passwordHash: hashFor("new words"),
    });
    assert.equal(await statusOf(mac, set(ann.guid)), "Error");
    assert.equal(await statusOf(mac, set(admin.guid)), "Acknowledged");
    assert.ok(passwordFits(admin, "new words") && !passwordFits(admin, "first words"));
  });

  it("are not the server's to make on a Mac that a person enrolled", async () => {
    await using mac = await macs.openMac();
    for (const RequestType of ["AccountConfiguration", "DeviceConfigured", "SetAutoAdminPassword"])
      assert.equal(await statusOf(mac, { RequestType }), "Error");
  });
});
