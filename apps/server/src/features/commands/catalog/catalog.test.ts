import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { checkPayload, commandFacts, commandNames } from "@pomona/apple-schema";
import { buildCommand } from "@pomona/mdm";
import { decodePem } from "@pomona/pki";
import { buildXmlPlist, type PlistDictionary, parsePlist } from "@pomona/plist";
import { Compile } from "typebox/compile";
import { commandCatalog } from "./index.ts";

const bytes = Buffer.from("bytes");
const base64 = bytes.toString("base64");
const fixture = (file: string) =>
  Buffer.from(
    decodePem(
      readFileSync(new URL(`../../../../../../fixtures/pki/${file}`, import.meta.url), "utf8"),
      "CERTIFICATE",
    )[0]!.der,
  );
const hashOf = (salt: number) =>
  Buffer.from(
    buildXmlPlist({
      "SALTED-SHA512-PBKDF2": { entropy: new Uint8Array(128), salt: new Uint8Array(salt), iterations: 30_000 },
    }),
  );
const manifest = {
  url: "https://h/agent.tar.gz",
  sha256s: ["0".repeat(64)],
  chunkBytes: 10_485_760,
  sizeBytes: 5,
  bundleIdentifier: "io.pomona.agent",
  bundleVersion: "1",
  title: "Agent",
};
const guid = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";

/** For each command an input and the keys that Apple's schema wants for it, and inputs that must be refused. */
const cases: Readonly<Record<string, { input?: object; keys?: PlistDictionary; refused?: readonly object[] }>> = {
  DeviceInformation: {
    input: { queries: ["OSVersion"], attestationNonce: base64 },
    keys: { Queries: ["OSVersion", "DevicePropertiesAttestation"], DeviceAttestationNonce: bytes },
    refused: [{ queries: ["IMEI"] }, { attestationNonce: Buffer.alloc(33).toString("base64") }],
  },
  SecurityInfo: {},
  InstalledApplicationList: {
    input: { identifiers: ["a.b"], managedOnly: true },
    keys: { ManagedAppsOnly: true, Identifiers: ["a.b"] },
  },
  ManagedApplicationList: { input: { identifiers: ["a.b"] }, keys: { Identifiers: ["a.b"] } },
  ProfileList: { input: { managedOnly: true }, keys: { ManagedOnly: true } },
  ProvisioningProfileList: {},
  CertificateList: { input: { managedOnly: false }, keys: { ManagedOnly: false } },
  UserList: {},
  ContentCachingInformation: {},
  AvailableOSUpdates: {},
  OSUpdateStatus: {},
  ActivationLockBypassCode: {},
  ClearActivationLockBypassCode: {},
  InstallProfile: { input: { payload: base64 }, keys: { Payload: bytes }, refused: [{}, { payload: "not base64!" }] },
  RemoveProfile: { input: { identifier: "io.pomona.x" }, keys: { Identifier: "io.pomona.x" }, refused: [{}] },
  InstallProvisioningProfile: { input: { provisioningProfile: base64 }, keys: { ProvisioningProfile: bytes } },
  RemoveProvisioningProfile: { input: { uuid: "u" }, keys: { UUID: "u" } },
  InstallApplication: {
    input: { iTunesStoreId: 42, installAsManaged: true, removeWithEnrollment: true, configuration: { a: 1.5 } },
    refused: [{}, { iTunesStoreId: 42, identifier: "a.b" }, { identifier: "a.b", takeOver: true }],
  },
  InstallEnterpriseApplication: {
    input: { manifest },
    keys: {
      Manifest: {
        items: [
          {
            assets: [
              {
                kind: "software-package",
                url: "https://h/agent.tar.gz",
                "sha256-size": 10_485_760,
                sha256s: ["0".repeat(64)],
              },
            ],
            metadata: {
              "bundle-identifier": "io.pomona.agent",
              "bundle-version": "1",
              kind: "software",
              title: "Agent",
              sizeInBytes: 5,
            },
          },
        ],
      },
    },
    refused: [{}, { manifest, manifestUrl: "https://h/m" }, { manifestUrl: "http://h/m" }],
  },
  RemoveApplication: { input: { identifier: "a.b" }, keys: { Identifier: "a.b" } },
  Settings: {
    input: {
      deviceName: "Ann's",
      hostName: "ann.example.com",
      bluetooth: false,
      organization: { name: "Org" },
      mdmOptions: { activationLockAllowed: true },
      applicationConfigurations: [{ identifier: "a.b", configuration: { on: true } }, { identifier: "c.d" }],
    },
    keys: {
      Settings: [
        { Item: "DeviceName", DeviceName: "Ann's" },
        { Item: "HostName", HostName: "ann.example.com" },
        { Item: "Bluetooth", Enabled: false },
        { Item: "OrganizationInfo", OrganizationInfo: { OrganizationName: "Org" } },
        { Item: "MDMOptions", MDMOptions: { ActivationLockAllowedWhileSupervised: true } },
        { Item: "ApplicationConfiguration", Identifier: "a.b", Configuration: { on: true } },
        { Item: "ApplicationConfiguration", Identifier: "c.d" },
      ],
    },
    refused: [{}, { hostName: "no spaces please" }, { timeZone: "Europe/Rome" }],
  },
  DeclarativeManagement: { input: { tokens: base64 }, keys: { Data: bytes } },
  RestartDevice: {
    input: { notifyUser: true, rebuildKernelCache: true, kextPaths: ["/Library/Extensions/A.kext"] },
    keys: { NotifyUser: true, RebuildKernelCache: true, KextPaths: ["/Library/Extensions/A.kext"] },
    refused: [{ kextPaths: ["/a"] }],
  },
  ShutDownDevice: {},
  DeviceLock: {
    input: { pin: "123456", message: "Call us", phoneNumber: "+39 1" },
    keys: { PIN: "123456", Message: "Call us", PhoneNumber: "+39 1" },
    refused: [{}, { pin: "12345" }, { pin: "abcdef" }],
  },
  // What we send where nothing is said: see the entry.
  EraseDevice: { input: {}, keys: { ObliterationBehavior: "ObliterateWithWarning" }, refused: [{ pin: "1" }] },
  EnableRemoteDesktop: {},
  DisableRemoteDesktop: {},
  RequestMirroring: {
    input: { destinationDeviceId: "aa:bb:cc:dd:ee:ff", scanSeconds: 10, password: "p" },
    keys: { DestinationDeviceID: "aa:bb:cc:dd:ee:ff", ScanTime: 10, Password: "p" },
    refused: [{}, { destinationName: "TV", scanSeconds: 5 }],
  },
  StopMirroring: {},
  DeleteUser: { input: { userName: "ann" }, keys: { UserName: "ann" }, refused: [{}] },
  UnlockUserAccount: { input: { userName: "ann" }, keys: { UserName: "ann" }, refused: [{}] },
  AccountConfiguration: {
    input: {
      administrator: { shortName: "it", passwordHash: hashOf(32).toString("base64") },
      skipPrimaryAccount: true,
    },
    keys: {
      SkipPrimarySetupAccountCreation: true,
      SetPrimarySetupAccountAsRegularUser: false,
      AutoSetupAdminAccounts: [{ shortName: "it", fullName: "it", passwordHash: hashOf(32), hidden: false }],
    },
    refused: [
      { skipPrimaryAccount: true },
      { primaryIsStandardUser: true },
      { lockPrimaryInfo: true },
      { administrator: { shortName: "it", passwordHash: base64 } },
    ],
  },
  DeviceConfigured: {},
  SetAutoAdminPassword: {
    input: { guid, passwordHash: hashOf(32).toString("base64") },
    keys: { GUID: guid, passwordHash: hashOf(32) },
    refused: [
      { guid, passwordHash: hashOf(16).toString("base64") },
      { guid: "it", passwordHash: hashOf(32).toString("base64") },
    ],
  },
  SetFirmwarePassword: {
    input: { currentPassword: "a b", newPassword: "", allowOptionRoms: true },
    keys: { CurrentPassword: "a b", NewPassword: "", AllowOroms: true },
    refused: [{ newPassword: "ümlaut" }],
  },
  VerifyFirmwarePassword: { input: { password: "p" }, keys: { Password: "p" } },
  SetRecoveryLock: {
    input: { currentPassword: "a", newPassword: "b" },
    keys: { CurrentPassword: "a", NewPassword: "b" },
    refused: [{}],
  },
  VerifyRecoveryLock: { input: { password: "p" }, keys: { Password: "p" } },
  RotateFileVaultKey: {
    input: { unlockSecret: "p", replyCertificate: fixture("rsa.pem").toString("base64") },
    keys: {
      KeyType: "personal",
      FileVaultUnlock: { Password: "p" },
      ReplyEncryptionCertificate: fixture("rsa.pem"),
    },
    refused: [
      { unlockSecret: "p" },
      { unlockSecret: "p", replyCertificate: base64 },
      { unlockSecret: "p", replyCertificate: fixture("ec.pem").toString("base64") },
    ],
  },
  ScheduleOSUpdate: {
    input: {
      updates: [{ productVersion: "26.1", installAction: "InstallLater", maxUserDeferrals: 3, priority: "High" }],
    },
    keys: {
      Updates: [{ InstallAction: "InstallLater", ProductVersion: "26.1", MaxUserDeferrals: 3, Priority: "High" }],
    },
    refused: [
      { updates: [] },
      { updates: [{ installAction: "Default" }] },
      { updates: [{ productKey: "k", installAction: "InstallASAP", maxUserDeferrals: 3 }] },
    ],
  },
  ScheduleOSUpdateScan: { input: { force: true }, keys: { Force: true } },
};

const fits = (requestType: string, input: unknown): boolean => {
  const definition = commandCatalog.get(requestType)!;
  return Compile(definition.input).Check(input) && definition.fault?.(input) === undefined;
};

test("every command of the catalogue stands in a file of its own and is tested here", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^(?!index|catalog\.test).*\.ts$/.test(file));
  assert.equal(files.length, commandCatalog.size);
  for (const requestType of commandCatalog.keys()) {
    const kebab = requestType
      .replace("OS", "Os")
      .replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`)
      .toLowerCase();
    assert.ok(files.includes(`${kebab}.ts`), requestType);
  }
  assert.deepEqual(Object.keys(cases).toSorted(), [...commandCatalog.keys()].toSorted());
});

for (const [requestType, { input = {}, keys, refused = [] }] of Object.entries(cases)) {
  test(`${requestType} is sent with Apple's keys, and refuses an input that does not fit`, () => {
    const definition = commandCatalog.get(requestType)!;
    assert.ok(fits(requestType, input));
    const payload = definition.payload(input);
    const sent = parsePlist(buildCommand("1", requestType, payload)) as PlistDictionary;
    assert.deepEqual(sent["Command"], plistOf({ ...payload, RequestType: requestType }));
    if (keys !== undefined) assert.deepEqual(plistOf(payload), plistOf(keys));
    assert.deepEqual(checkPayload(requestType, plistOf(payload) as PlistDictionary), []);
    for (const bad of refused) assert.ok(!fits(requestType, bad), JSON.stringify(bad));
    assert.ok(!Compile(definition.input).Check({ ...input, surprise: true }));
  });
}

/** As it is after a journey: typed arrays compare by their bytes. */
const plistOf = (value: PlistDictionary) => parsePlist(buildXmlPlist(value));

test("every command of the catalogue is one that Apple documents for macOS", () => {
  const names = commandNames();
  for (const requestType of commandCatalog.keys()) {
    assert.ok(names.includes(requestType), requestType);
    assert.equal(typeof commandFacts(requestType)?.os.introduced, "string", requestType);
  }
});

test("fields that may hold a secret are sealed while they wait", () => {
  const sealed = Object.fromEntries(
    [...commandCatalog.values()].flatMap(({ requestType, sealed: fields }) =>
      fields === undefined ? [] : [[requestType, fields]],
    ),
  );
  assert.deepEqual(sealed, {
    InstallProfile: ["payload"],
    InstallApplication: ["configuration"],
    InstallEnterpriseApplication: ["configuration"],
    Settings: ["applicationConfigurations"],
    DeviceLock: ["pin"],
    EraseDevice: ["pin"],
    RequestMirroring: ["password"],
    AccountConfiguration: ["administrator"],
    SetAutoAdminPassword: ["passwordHash"],
    SetFirmwarePassword: ["currentPassword", "newPassword"],
    VerifyFirmwarePassword: ["password"],
    SetRecoveryLock: ["currentPassword", "newPassword"],
    VerifyRecoveryLock: ["password"],
    RotateFileVaultKey: ["unlockSecret"],
  });
  // A new field that sounds like a secret must be thought about here.
  const suspicious = /password|secret|pin$|token|hash|key/i;
  for (const { requestType, input, sealed: fields = [] } of commandCatalog.values()) {
    for (const field of Object.keys(input.properties)) {
      const isHarmless = ["tokens", "kextPaths"].includes(field);
      assert.ok(!suspicious.test(field) || fields.includes(field) || isHarmless, `${requestType} ${field}`);
    }
  }
});

test("what a refusal says of an input does not repeat it", () => {
  const secret = "hunter2-hunter2";
  for (const { requestType, fault } of commandCatalog.values()) {
    const input = {
      passwordHash: secret,
      replyCertificate: secret,
      guid: secret,
      updates: [],
      administrator: { passwordHash: secret },
    };
    assert.ok(!(fault?.(input) ?? "").includes(secret), requestType);
  }
});

test("what erases, locks or deletes is destructive", () => {
  const destructive = [...commandCatalog.values()].filter(({ risk }) => risk === "destructive");
  assert.deepEqual(destructive.map(({ requestType }) => requestType).toSorted(), [
    "DeleteUser",
    "DeviceLock",
    "EraseDevice",
    "SetFirmwarePassword",
    "SetRecoveryLock",
  ]);
});

test("what Setup Assistant alone takes is refused by a Mac that does not wait", () => {
  for (const requestType of ["DeviceConfigured", "AccountConfiguration"]) {
    const { objection } = commandCatalog.get(requestType)!;
    const target = { isUserEnrollment: false, isAwaitingConfiguration: true };
    assert.equal(objection?.(target), undefined);
    assert.match(objection?.({ ...target, isAwaitingConfiguration: false }) ?? "", /does not wait/);
  }
});
