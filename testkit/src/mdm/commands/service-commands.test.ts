import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { encodePem, parseCertificate } from "@pomona/pki";
import type { PlistDictionary } from "@pomona/plist";
import { buildXmlPlist } from "@pomona/plist";
import { openAttestationAuthority } from "../../acme/attestation-authority.ts";
import { ask as askOf, type CommandedMacs, part, plain, startCommandedMacs } from "../../testing/commanded-macs.ts";
import type { VirtualMac } from "../../virtual-mac/virtual-mac.ts";

let macs: CommandedMacs;
before(async () => {
  macs = await startCommandedMacs();
});
after(() => macs[Symbol.asyncDispose]());
const ask = (mac: VirtualMac, command: PlistDictionary) => askOf(macs.server, mac, command);
const statusOf = async (mac: VirtualMac, command: PlistDictionary) => (await ask(mac, command))["Status"];

describe("what a virtual Mac is told to be", { timeout: 60_000 }, () => {
  it("each setting has a status of its own", async () => {
    await using mac = await macs.openMac();
    const report = await ask(mac, {
      RequestType: "Settings",
      Settings: [
        { Item: "DeviceName", DeviceName: "New name" },
        { Item: "HostName", HostName: "host.example.com" },
        { Item: "Bluetooth", Enabled: false },
        { Item: "OrganizationInfo", OrganizationInfo: { OrganizationName: "Org" } },
        { Item: "MDMOptions", MDMOptions: { ActivationLockAllowedWhileSupervised: true } },
        { Item: "ApplicationConfiguration", Identifier: "not.managed" },
        { Item: "TimeZone", TimeZone: "Europe/Rome" },
      ],
    });
    assert.deepEqual(
      (report["Settings"] as PlistDictionary[]).map((item) => item["Status"]),
      ["Acknowledged", "Acknowledged", "Acknowledged", "Acknowledged", "Acknowledged", "Error", "Error"],
    );
    assert.equal(mac.model.bluetooth, false);
    const Queries = ["DeviceName", "HostName", "OrganizationInfo", "MDMOptions"];
    assert.deepEqual(plain(part(await ask(mac, { RequestType: "DeviceInformation", Queries }), "QueryResponses")), {
      DeviceName: "New name",
      HostName: "host.example.com",
      OrganizationInfo: { OrganizationName: "Org" },
      MDMOptions: {
        ActivationLockAllowedWhileSupervised: true,
        BootstrapTokenAllowed: false,
        PromptUserToAllowBootstrapTokenForAuthentication: false,
      },
    });
  });

  it("remote desktop, mirroring, content cache, declarations and provisioning profiles follow their commands", async () => {
    await using mac = await macs.openMac();
    mac.model.consoleUser = mac.model.users[0]?.name;
    await ask(mac, { RequestType: "EnableRemoteDesktop" });
    assert.equal(part(await ask(mac, { RequestType: "SecurityInfo" }), "SecurityInfo")["RemoteDesktopEnabled"], true);
    await ask(mac, { RequestType: "DisableRemoteDesktop" });
    assert.equal(mac.model.remoteDesktop, false);
    const mirror = (name: string) => ask(mac, { RequestType: "RequestMirroring", DestinationName: name });
    assert.equal((await mirror("Nowhere"))["MirroringResult"], "DestinationNotFound");
    assert.equal((await mirror("Meeting room"))["MirroringResult"], "Prompting");
    assert.equal(mac.model.mirroringTo, "Meeting room");
    await ask(mac, { RequestType: "StopMirroring" });
    assert.equal(mac.model.mirroringTo, undefined);
    mac.model.contentCaching = { isOn: true, usedBytes: 5, servedBytes: 6 };
    const cache = part(await ask(mac, { RequestType: "ContentCachingInformation" }), "StatusResponse");
    assert.equal(cache["CacheUsed"], 5);
    await ask(mac, { RequestType: "DeclarativeManagement" });
    assert.equal(mac.model.usesDeclarations, true);
    const ProvisioningProfile = buildXmlPlist({ Name: "P", UUID: "U", ExpirationDate: new Date(1_900_000_000_000) });
    await ask(mac, { RequestType: "InstallProvisioningProfile", ProvisioningProfile });
    const list = await ask(mac, { RequestType: "ProvisioningProfileList" });
    assert.deepEqual(plain(list["ProvisioningProfileList"]), [
      { Name: "P", UUID: "U", ExpiryDate: new Date(1_900_000_000_000) },
    ]);
    assert.equal(await statusOf(mac, { RequestType: "RemoveProvisioningProfile", UUID: "U" }), "Acknowledged");
    assert.equal(await statusOf(mac, { RequestType: "RemoveProvisioningProfile", UUID: "U" }), "Error");
  });

  it("an application of the store comes with a licence, is managed, and goes", async () => {
    await using mac = await macs.openMac();
    const install = (iTunesStoreID: number) =>
      ask(mac, { RequestType: "InstallApplication", iTunesStoreID, InstallAsManaged: true, ManagementFlags: 1 });
    assert.equal((await install(1))["RejectionReason"], "Other");
    assert.equal((await install(409_201_541))["Identifier"], "com.apple.iWork.Pages");
    const list = part(await ask(mac, { RequestType: "ManagedApplicationList" }), "ManagedApplicationList");
    assert.equal(part(list, "com.apple.iWork.Pages")["Status"], "Managed");
    const { InstalledApplicationList } = await ask(mac, {
      RequestType: "InstalledApplicationList",
      ManagedAppsOnly: true,
    });
    assert.equal((InstalledApplicationList as unknown[]).length, 1);
    const remove = { RequestType: "RemoveApplication", Identifier: "com.apple.iWork.Pages" };
    assert.equal(await statusOf(mac, remove), "Acknowledged");
    assert.equal(await statusOf(mac, remove), "Error");
    await install(409_201_541);
    await mac.unenroll();
    assert.ok(!mac.model.applications.some(({ bundleId }) => bundleId === "com.apple.iWork.Pages"));
  });

  it("a system update needs the bootstrap token on Apple silicon, and macOS 27 knows none of its commands", async () => {
    await using mac = await macs.openMac();
    mac.model.os = { version: "15.5", build: "24F74", endpointSecurityVersion: 9 };
    const { AvailableOSUpdates } = await ask(mac, { RequestType: "AvailableOSUpdates" });
    const [update] = AvailableOSUpdates as PlistDictionary[];
    const key = update?.["ProductKey"] as string;
    const schedule = async (action: string, ProductKey = key) => {
      const { UpdateResults } = await ask(mac, {
        RequestType: "ScheduleOSUpdate",
        Updates: [{ ProductKey, InstallAction: action }],
      });
      return (UpdateResults as PlistDictionary[])[0]?.["InstallAction"];
    };
    assert.equal(await schedule("InstallASAP", "no such update"), "Error");
    assert.equal(await schedule("DownloadOnly"), "DownloadOnly");
    const { OSUpdateStatus } = await ask(mac, { RequestType: "OSUpdateStatus" });
    assert.equal((OSUpdateStatus as PlistDictionary[])[0]?.["IsDownloaded"], true);
    assert.equal(await schedule("InstallASAP"), "Error");
    await mac.login(mac.model.users[0]!.name);
    assert.equal(await schedule("InstallASAP"), "InstallASAP");
    assert.equal(mac.model.os.build, update?.["Build"]);
    assert.equal((await ask(mac, { RequestType: "ScheduleOSUpdateScan" }))["ScanInitiated"], true);
    mac.model.os = { version: "27.0", build: "26A1", endpointSecurityVersion: 10 };
    assert.equal(await statusOf(mac, { RequestType: "AvailableOSUpdates" }), "Error");
  });

  it("attests itself with the nonce it was given, and gives the same attestation again without one", async () => {
    const attestation = openAttestationAuthority();
    await using mac = await macs.openMac({ attestation });
    const nonce = Buffer.alloc(32, 3);
    const attest = async (more: PlistDictionary = {}) => {
      const command = { RequestType: "DeviceInformation", Queries: ["DevicePropertiesAttestation"], ...more };
      return part(await ask(mac, command), "QueryResponses")["DevicePropertiesAttestation"] as Uint8Array[];
    };
    const chain = await attest({ DeviceAttestationNonce: nonce });
    const leaf = Buffer.from(parseCertificate(chain[0]!).raw);
    assert.ok(leaf.includes(nonce) && leaf.includes(mac.model.serialNumber));
    assert.deepEqual(await attest(), chain);
    assert.notDeepEqual(await attest({ DeviceAttestationNonce: Buffer.alloc(32, 4) }), chain);
    const pem = (der: Uint8Array) => encodePem("CERTIFICATE", der);
    const { at } = macs;
    writeFileSync(at("root.pem"), attestation.rootPem);
    writeFileSync(at("sub.pem"), pem(chain[1]!));
    writeFileSync(at("leaf.pem"), pem(chain[0]!));
    const args = ["verify", "-ignore_critical", "-CAfile", at("root.pem"), "-untrusted", at("sub.pem"), at("leaf.pem")];
    assert.match(execFileSync("openssl", args, { encoding: "utf8" }), /OK/);
  });
});
