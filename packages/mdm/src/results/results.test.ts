import assert from "node:assert/strict";
import { test } from "node:test";
import { buildXmlPlist, type PlistDictionary, PlistReal, parsePlist } from "@pomona/plist";
import {
  readCertificateList,
  readDeviceInformation,
  readInstalledApplications,
  readProfileList,
  readSecurityInfo,
} from "../index.ts";

/** As it comes off the wire. */
const wire = (value: PlistDictionary) => parsePlist(buildXmlPlist(value)) as PlistDictionary;

test("DeviceInformation is read with capacities in bytes and the supplement of the system version", () => {
  const said = readDeviceInformation(
    wire({
      QueryResponses: {
        DeviceName: "Ann's Mac",
        OSVersion: "15.1",
        SupplementalOSVersionExtra: "(a)",
        BuildVersion: "24B83",
        DeviceCapacity: new PlistReal(465.5),
        AvailableDeviceCapacity: new PlistReal(100),
        IsSupervised: true,
      },
    }),
  );
  assert.deepEqual(said, {
    deviceName: "Ann's Mac",
    osVersion: "15.1 (a)",
    buildVersion: "24B83",
    capacityBytes: 465.5e9,
    availableBytes: 100e9,
    isSupervised: true,
  });
});

test("capacities of a Mac before macOS 12 are in units of 2^30", () => {
  const said = readDeviceInformation({ QueryResponses: { OSVersion: "11.7.10", DeviceCapacity: new PlistReal(10) } });
  assert.equal(said.capacityBytes, 10 * 2 ** 30);
});

test("an answer without its part, or with nonsense in it, is read as saying nothing", () => {
  assert.deepEqual(readDeviceInformation({}), {});
  assert.deepEqual(readDeviceInformation({ QueryResponses: { OSVersion: 15, DeviceCapacity: "much" } }), {});
  assert.deepEqual(readSecurityInfo({ SecurityInfo: "none" }), {});
  assert.deepEqual(readInstalledApplications({ InstalledApplicationList: [1, "two"] }), []);
  assert.deepEqual(readCertificateList({ CertificateList: [{ CommonName: "no data" }] }), []);
});

test("SecurityInfo is read with Apple's word for the bootstrap token", () => {
  const said = readSecurityInfo({
    SecurityInfo: {
      FDE_Enabled: true,
      SystemIntegrityProtectionEnabled: false,
      FirewallSettings: { FirewallEnabled: true },
      SecureBoot: { SecureBootLevel: "full" },
      BootstrapTokenAllowedForAuthentication: "not supported",
      ManagementStatus: { EnrolledViaDEP: false, UserApprovedEnrollment: true },
    },
  });
  assert.deepEqual(said, {
    isFileVaultEnabled: true,
    isSipEnabled: false,
    isFirewallEnabled: true,
    secureBootLevel: "full",
    isEnrolledViaDep: false,
    isUserApproved: true,
    bootstrapTokenAuthentication: "not supported",
    isBootstrapTokenAllowed: false,
  });
});

test("applications and profiles are read, and no more of them than a Mac can have", () => {
  assert.deepEqual(
    readInstalledApplications({
      InstalledApplicationList: [{ Name: "Safari", Identifier: "com.apple.Safari", ShortVersion: "18", BundleSize: 5 }],
    }),
    [{ name: "Safari", bundleId: "com.apple.Safari", version: "18", sizeBytes: 5 }],
  );
  const many = Array.from({ length: 20_000 }, () => ({ Name: "x" }));
  assert.equal(readInstalledApplications({ InstalledApplicationList: many }).length, 10_000);
  const [profile] = readProfileList({
    ProfileList: [
      {
        PayloadIdentifier: "a.b",
        PayloadUUID: "U",
        IsManaged: true,
        PayloadContent: [{ PayloadType: "com.apple.mdm", PayloadIdentifier: "a.b.mdm" }],
      },
    ],
  });
  assert.deepEqual(profile, {
    identifier: "a.b",
    uuid: "U",
    displayName: "",
    organization: "",
    isManaged: true,
    payloads: [{ identifier: "a.b.mdm", type: "com.apple.mdm" }],
  });
});
