import assert from "node:assert/strict";
import { test } from "node:test";
import { buildXmlPlist, type PlistDictionary, PlistReal, parsePlist } from "@pomona/plist";
import fc from "fast-check";
import {
  firmwarePasswordFailure,
  firmwareVerificationFailure,
  installationFailure,
  mirroringFailure,
  readActivationLockBypassCode,
  readAvailableUpdates,
  readContentCaching,
  readDeviceInformation,
  readEscrowedRecoveryKey,
  readManagedApplications,
  readProvisioningProfiles,
  readRotatedRecoveryKey,
  readScheduledUpdates,
  readSecurityInfo,
  readUpdateStatus,
  readUserList,
  recoveryLockVerificationFailure,
  settingsFailure,
} from "../index.ts";

/** As it comes off the wire. */
const wire = (value: PlistDictionary) => parsePlist(buildXmlPlist(value)) as PlistDictionary;
const chain = [{ ErrorCode: 7, ErrorDomain: "SomeDomain", USEnglishDescription: "Not now, not ever." }];

test("DeviceInformation tells of locks, accounts of the server, update settings and an attestation's chain", () => {
  const said = readDeviceInformation(
    wire({
      QueryResponses: {
        IsActivationLockEnabled: true,
        IsActivationLockSupported: true,
        SupportsLOMDevice: false,
        PINRequiredForEraseDevice: false,
        EACSPreflight: "success",
        MDMOptions: { BootstrapTokenAllowed: true },
        AutoSetupAdminAccounts: [{ GUID: "G", shortName: "admin" }],
        OSUpdateSettings: { AutoCheckEnabled: true, PreviousScanDate: new Date(1_700_000_000_000) },
        DevicePropertiesAttestation: [Uint8Array.of(1), Uint8Array.of(2), "no certificate"],
      },
    }),
  );
  assert.deepEqual(said, {
    isActivationLockEnabled: true,
    isActivationLockSupported: true,
    supportsLightsOut: false,
    isPinRequiredForErase: false,
    erasePreflight: "success",
    isBootstrapTokenAllowed: true,
    autoAdmins: [{ guid: "G", name: "admin" }],
    softwareUpdateSettings: { checks: true, lastScanAt: 1_700_000_000_000 },
    attestation: [Uint8Array.of(1), Uint8Array.of(2)],
  });
});

test("SecurityInfo is read whole", () => {
  const said = readSecurityInfo(
    wire({
      SecurityInfo: {
        FDE_HasPersonalRecoveryKey: true,
        FDE_HasInstitutionalRecoveryKey: false,
        FirewallSettings: { BlockAllIncoming: true, StealthMode: false, LoggingEnabled: true },
        FirmwarePasswordStatus: { PasswordExists: true, ChangePending: false, AllowOroms: true },
        SecureBoot: { ExternalBootLevel: "disallowed" },
        ManagementStatus: { IsActivationLockManageable: true },
        RemoteDesktopEnabled: true,
        AuthenticatedRootVolumeEnabled: true,
        BootstrapTokenAllowedForAuthentication: "allowed",
        BootstrapTokenRequiredForSoftwareUpdate: true,
        BootstrapTokenRequiredForKernelExtensionApproval: false,
        IsRecoveryLockEnabled: true,
      },
    }),
  );
  assert.deepEqual(said, {
    hasPersonalRecoveryKey: true,
    hasInstitutionalRecoveryKey: false,
    blocksAllIncoming: true,
    isFirewallStealthy: false,
    isFirewallLogging: true,
    externalBootLevel: "disallowed",
    isActivationLockManageable: true,
    isRemoteDesktopEnabled: true,
    isRootVolumeAuthenticated: true,
    bootstrapTokenAuthentication: "allowed",
    isBootstrapTokenAllowed: true,
    isBootstrapTokenRequiredForUpdate: true,
    isBootstrapTokenRequiredForKernelExtensions: false,
    isRecoveryLockEnabled: true,
    hasFirmwarePassword: true,
    isFirmwareChangePending: false,
  });
});

test("the lists of accounts, managed applications and provisioning profiles are read", () => {
  const users = [{ UserName: "ann", FullName: "Ann", UID: 501, UserGUID: "G", IsLoggedIn: true, MobileAccount: false }];
  assert.deepEqual(readUserList(wire({ Users: [...users, { FullName: "nobody" }] })), [
    {
      name: "ann",
      fullName: "Ann",
      uid: 501,
      guid: "G",
      isLoggedIn: true,
      isMobileAccount: false,
      hasSecureToken: null,
    },
  ]);
  const managed = {
    "b.b": { Status: "Managed", ManagementFlags: 5, HasConfiguration: true },
    "a.a": { Status: "Failed" },
  };
  assert.deepEqual(readManagedApplications(wire({ ManagedApplicationList: managed })), [
    { bundleId: "a.a", status: "Failed", isRemovedWithEnrollment: false, hasConfiguration: false },
    { bundleId: "b.b", status: "Managed", isRemovedWithEnrollment: true, hasConfiguration: true },
  ]);
  const profiles = [{ Name: "p", UUID: "u", ExpiryDate: new Date(1000) }];
  assert.deepEqual(readProvisioningProfiles(wire({ ProvisioningProfileList: profiles })), [
    { name: "p", uuid: "u", expiresAt: 1000 },
  ]);
});

test("system updates are read with the supplement of a Rapid Security Response", () => {
  const update = {
    ProductKey: "K",
    HumanReadableName: "macOS 15.1 (a)",
    Version: "15.1",
    SupplementalOSVersionExtra: "(a)",
    Build: "24B83",
    SupplementalBuildVersion: "24B84",
    DownloadSize: 5,
    RestartRequired: true,
  };
  assert.deepEqual(readAvailableUpdates(wire({ AvailableOSUpdates: [update] })), [
    {
      productKey: "K",
      name: "macOS 15.1 (a)",
      version: "15.1 (a)",
      build: "24B84",
      downloadBytes: 5,
      isMajor: false,
      isCritical: false,
      needsRestart: true,
      needsBootstrapToken: false,
      deferredUntil: null,
    },
  ]);
  const progress = {
    ProductKey: "K",
    Status: "Downloading",
    IsDownloaded: false,
    DownloadPercentComplete: new PlistReal(7),
  };
  assert.deepEqual(readUpdateStatus(wire({ OSUpdateStatus: [progress] })), [
    {
      productKey: "K",
      status: "Downloading",
      isDownloaded: false,
      downloaded: 1,
      deferralsRemaining: null,
      nextInstallAt: null,
    },
  ]);
});

test("an update that was not scheduled says why, whether its chain is a list or one dictionary", () => {
  const results = [
    { ProductKey: "A", InstallAction: "InstallASAP", Status: "Downloading" },
    { ProductKey: "B", InstallAction: "Error", Status: "DownloadFailed", ErrorChain: chain },
    { ProductKey: "C", InstallAction: "Error", Status: "Idle", ErrorChain: chain[0]! },
    { ProductKey: "D", InstallAction: "InstallASAP", Status: "InstallInsufficientPower" },
  ];
  assert.deepEqual(
    readScheduledUpdates(wire({ UpdateResults: results })).map(({ problem }) => problem),
    [undefined, "Not now, not ever.", "Not now, not ever.", "InstallInsufficientPower"],
  );
});

test("a content cache is read; an answer without it says nothing", () => {
  const said = readContentCaching(
    wire({ StatusResponse: { Activated: true, Active: true, CacheUsed: 7, Alerts: [{ className: "Low" }] } }),
  );
  assert.equal(said?.usedBytes, 7);
  assert.deepEqual(said?.alerts, ["Low"]);
  assert.equal(readContentCaching({}), undefined);
});

test("secrets are read only where they stand, and not when they are oversized", () => {
  assert.equal(readActivationLockBypassCode({ ActivationLockBypassCode: "AAAAA-BBBBB" }), "AAAAA-BBBBB");
  assert.equal(readActivationLockBypassCode({ ActivationLockBypassCode: "" }), undefined);
  assert.deepEqual(
    readRotatedRecoveryKey({ RotateResult: { EncryptedNewRecoveryKey: Uint8Array.of(1) } }),
    Uint8Array.of(1),
  );
  assert.equal(readRotatedRecoveryKey({}), undefined);
  assert.equal(
    readEscrowedRecoveryKey({ SecurityInfo: { FDE_PersonalRecoveryKeyCMS: new Uint8Array(1e6) } }),
    undefined,
  );
});

test("what failed inside an acknowledged answer is said in words", () => {
  const settings = [
    { Item: "DeviceName", Status: "Acknowledged" },
    { Status: "Error", ErrorChain: chain },
  ];
  assert.equal(
    settingsFailure(wire({ Settings: settings })),
    "1 of 2 settings failed: item 2: Not now, not ever. (SomeDomain 7)",
  );
  assert.equal(settingsFailure({ Settings: { Status: "Error" } }), "1 of 1 settings failed: item 1");
  assert.equal(settingsFailure({ Settings: settings.slice(0, 1) }), undefined);
  assert.equal(installationFailure({ RejectionReason: "Other" }), "the Mac rejected it: Other");
  assert.equal(installationFailure({ State: "UserRejected" }), "the installation ended as UserRejected");
  assert.equal(installationFailure({ Identifier: "a", State: "Queued" }), undefined);
  assert.match(firmwarePasswordFailure({ SetFirmwarePassword: { PasswordChanged: false } }) ?? "", /not changed/);
  assert.equal(firmwarePasswordFailure({ SetFirmwarePassword: { PasswordChanged: true } }), undefined);
  assert.match(firmwareVerificationFailure({ VerifyFirmwarePassword: { PasswordVerified: false } }) ?? "", /not the/);
  assert.match(recoveryLockVerificationFailure({ PasswordVerified: false }) ?? "", /not the/);
  assert.equal(recoveryLockVerificationFailure({}), undefined);
  assert.equal(mirroringFailure({ MirroringResult: "Prompting" }), undefined);
  assert.match(mirroringFailure({ MirroringResult: "Cancelled" }) ?? "", /declined/);
});

test("no reader throws, whatever an answer holds", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.uint8Array(),
      fc.date(),
      fc.array(tie("any")),
      fc.dictionary(fc.constantFrom("Status", "ErrorChain", "Item", "UID", "ProductKey"), tie("any")),
    ),
  })).any;
  const keys = [
    "QueryResponses",
    "SecurityInfo",
    "Users",
    "ManagedApplicationList",
    "ProvisioningProfileList",
    "AvailableOSUpdates",
    "OSUpdateStatus",
    "UpdateResults",
    "StatusResponse",
    "Settings",
    "RotateResult",
    "SetFirmwarePassword",
  ];
  const readers = [
    readDeviceInformation,
    readSecurityInfo,
    readUserList,
    readManagedApplications,
    readProvisioningProfiles,
    readAvailableUpdates,
    readUpdateStatus,
    readScheduledUpdates,
    readContentCaching,
    readRotatedRecoveryKey,
    readEscrowedRecoveryKey,
    settingsFailure,
    installationFailure,
    firmwarePasswordFailure,
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...keys), value), (report) => {
      for (const read of readers) assert.doesNotThrow(() => read(report as PlistDictionary));
    }),
  );
});
