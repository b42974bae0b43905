import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  type Command,
  listApplications,
  listCommands,
  listCommandTypes,
  listContentCaching,
  listManagedApplications,
  listProvisioningProfiles,
  listSystemUpdateProgress,
  listSystemUpdates,
  listTimeline,
  listUsers,
  sendCommand,
  setLimits,
  showDevice,
} from "@pomona/contract";
import { decodePem } from "@pomona/pki";
import { buildXmlPlist } from "@pomona/plist";
import { ApiProblem, openApiClient, passwordFits, type VirtualMac } from "@pomona/testkit";
import { eventually, openStage, type Stage } from "./stage.ts";
import { deviceOf } from "./walk.ts";

const FINAL: readonly string[] = ["acknowledged", "error", "formatError", "expired", "cancelled"];
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64");
const rsaCertificate = decodePem(readFileSync("fixtures/pki/rsa.pem", "utf8"))[0]!.der;

/** A Mac, and a person who sends it commands and waits for what becomes of them. */
class Technician {
  readonly stage: Stage;
  readonly mac: VirtualMac;
  readonly deviceId: string;
  readonly sent = new Set<string>();

  constructor(stage: Stage, mac: VirtualMac, deviceId: string) {
    this.stage = stage;
    this.mac = mac;
    this.deviceId = deviceId;
  }

  /** @returns the command once it is final */
  async send(requestType: string, input: Record<string, unknown> = {}): Promise<Command> {
    const { api } = this.stage;
    const { id } = await api.call(sendCommand, { deviceId: this.deviceId, requestType, input });
    this.sent.add(requestType);
    return eventually(`${requestType} is final`, async () => {
      const { items } = await api.call(listCommands, { deviceId: this.deviceId });
      return items.find((item) => item.id === id && FINAL.includes(item.state));
    });
  }

  async succeeds(requestType: string, input: Record<string, unknown> = {}): Promise<void> {
    const { state, error } = await this.send(requestType, input);
    assert.equal(`${state} ${error ?? ""}`, "acknowledged ", requestType);
  }

  /** Fails with words like these. */
  async fails(words: RegExp, requestType: string, input: Record<string, unknown> = {}): Promise<void> {
    const { state, error } = await this.send(requestType, input);
    assert.equal(state, "error", requestType);
    assert.match(error ?? "", words, requestType);
  }

  /** Does not get as far as the queue. */
  async isRefused(requestType: string, input: Record<string, unknown> = {}): Promise<void> {
    const call = this.stage.api.call(sendCommand, { deviceId: this.deviceId, requestType, input });
    await assert.rejects(
      call,
      (error: unknown) => error instanceof ApiProblem && error.problem.status === 409,
      requestType,
    );
  }

  async facts() {
    return (await this.stage.api.call(showDevice, { deviceId: this.deviceId })).facts;
  }
}

async function meet(stage: Stage, mac: VirtualMac): Promise<Technician> {
  const device = await eventually("the device", () => deviceOf(stage, mac));
  return new Technician(stage, mac, device.id);
}

const hashOf = (password: string): string => {
  const salt = Buffer.alloc(32, 5);
  const entropy = pbkdf2Sync(password, salt, 30_000, 128, "sha512");
  return base64(buildXmlPlist({ "SALTED-SHA512-PBKDF2": { entropy, salt, iterations: 30_000 } }));
};

const profile = (identifier: string): string =>
  base64(
    buildXmlPlist({
      PayloadType: "Configuration",
      PayloadIdentifier: identifier,
      PayloadUUID: identifier,
      PayloadVersion: 1,
      PayloadContent: [],
    }),
  );

/** Setup Assistant waits, and makes what it was told before it is let go. */
async function setUp(stage: Stage, mac: VirtualMac): Promise<Technician> {
  const { promise: told, resolve: goOn } = Promise.withResolvers<void>();
  mac.sayNotNow(told);
  await mac.enroll(await stage.invitation(), { ca: stage.ca, kind: "automated", isAwaitingConfiguration: true });
  const technician = await meet(stage, mac);
  const configured = technician.succeeds("AccountConfiguration", {
    administrator: { shortName: "it", fullName: "IT", passwordHash: hashOf("planted-admin-one"), isHidden: true },
    primaryIsStandardUser: true,
    primaryFullName: "Ann Example",
  });
  await eventually("it is queued", async () => {
    const { items } = await stage.api.call(listCommands, { deviceId: technician.deviceId, state: "upcoming" });
    return items.some((item) => item.requestType === "AccountConfiguration") ? true : undefined;
  });
  goOn();
  await configured;
  await eventually("Setup Assistant goes on", () => (mac.model.isAwaitingConfiguration ? undefined : true));
  technician.sent.add("DeviceConfigured");
  await mac.finishSetup({ name: "ann", fullName: "Ann", password: "planted-ann", turnsFileVaultOn: true });
  await mac.login("ann");
  return technician;
}

async function questions(send: Technician): Promise<void> {
  const { stage, mac, deviceId } = send;
  const { api } = stage;
  await send.succeeds("DeviceInformation", { attestationNonce: base64(Buffer.alloc(32, 9)) });
  await send.succeeds("SecurityInfo");
  const facts = await send.facts();
  assert.deepEqual(
    {
      ...facts.activationLock,
      appleSilicon: facts.appleSilicon,
      supervised: facts.supervised,
      enrolledViaDep: facts.enrolledViaDep,
      userApproved: facts.userApproved,
      awaiting: facts.awaitingConfiguration,
      model: facts.modelIdentifier,
      build: facts.buildVersion,
      keys: facts.fileVaultKeys,
      admins: facts.autoAdmins?.map(({ name }) => name),
      token: facts.bootstrapToken?.authentication,
      recoveryLock: facts.recoveryLock,
      erase: facts.erasePreflight,
    },
    {
      enabled: mac.model.activationLock.isOn,
      supported: true,
      appleSilicon: true,
      supervised: true,
      enrolledViaDep: true,
      userApproved: true,
      awaiting: false,
      model: mac.model.hardware.model,
      build: mac.model.os.build,
      keys: { personal: true, institutional: false },
      admins: ["it"],
      token: "allowed",
      recoveryLock: false,
      erase: "success",
    },
  );
  assert.equal(facts.disks?.[0]?.sizeBytes, mac.model.disks[0]?.sizeBytes);
  await send.succeeds("CertificateList", { managedOnly: true });
  await send.succeeds("ProfileList", { managedOnly: true });
  await send.succeeds("UserList");
  const users = (await api.call(listUsers, { deviceId })).items;
  assert.deepEqual(
    users.map(({ name, hasSecureToken, isLoggedIn }) => ({ name, hasSecureToken, isLoggedIn })),
    [
      { name: "it", hasSecureToken: false, isLoggedIn: false },
      { name: "ann", hasSecureToken: true, isLoggedIn: true },
    ],
  );
  mac.model.contentCaching = { isOn: true, usedBytes: 123, servedBytes: 45 };
  await send.succeeds("ContentCachingInformation");
  const [cache] = (await api.call(listContentCaching, { deviceId })).items;
  assert.deepEqual([cache?.isActive, cache?.usedBytes, cache?.servedToClientsBytes], [true, 123, 45]);
}

async function software(send: Technician): Promise<void> {
  const { stage, mac, deviceId } = send;
  const { api } = stage;
  const applications = async () =>
    (await api.call(listApplications, { deviceId })).items.filter(({ source }) => source === "mdm");
  await send.succeeds("InstalledApplicationList");
  const all = await applications();
  const pages = "com.apple.iWork.Pages";
  await send.fails(/the Mac rejected it: Other/, "InstallApplication", { iTunesStoreId: 1 });
  await send.succeeds("InstallApplication", {
    iTunesStoreId: 409_201_541,
    installAsManaged: true,
    removeWithEnrollment: true,
  });
  await send.succeeds("ManagedApplicationList");
  assert.deepEqual((await api.call(listManagedApplications, { deviceId })).items, [
    { bundleId: pages, status: "Managed", isRemovedWithEnrollment: true, hasConfiguration: false },
  ]);
  // A question about one application leaves the others as they were known.
  await send.succeeds("InstalledApplicationList", { identifiers: [pages] });
  assert.equal((await applications()).length, all.length + 1);
  await send.succeeds("RemoveApplication", { identifier: pages });
  await send.fails(/is not managed/, "RemoveApplication", { identifier: pages });
  await send.succeeds("InstalledApplicationList", { identifiers: [pages] });
  assert.equal((await applications()).length, all.length);

  await send.succeeds("InstallProfile", { payload: profile("walk.profile") });
  assert.ok(mac.model.profiles.some(({ identifier }) => identifier === "walk.profile"));
  await send.succeeds("RemoveProfile", { identifier: "walk.profile" });
  await send.fails(/is not installed/, "RemoveProfile", { identifier: "walk.profile" });
  const provisioning = buildXmlPlist({ Name: "P", UUID: "U", ExpirationDate: new Date(1_900_000_000_000) });
  await send.succeeds("InstallProvisioningProfile", { provisioningProfile: base64(provisioning) });
  await send.succeeds("ProvisioningProfileList");
  assert.deepEqual((await api.call(listProvisioningProfiles, { deviceId })).items, [
    { name: "P", uuid: "U", expiresAt: "2030-03-17T17:46:40.000Z" },
  ]);
  await send.succeeds("RemoveProvisioningProfile", { uuid: "U" });
  // The manifest cannot be fetched: the Mac says so, and nothing is managed.
  const manifestUrl = `${stage.server.apiUrl}/no-such-manifest`;
  assert.equal((await send.send("InstallEnterpriseApplication", { manifestUrl })).state, "error");
}

async function settings(send: Technician): Promise<void> {
  const { mac } = send;
  await send.succeeds("Settings", {
    deviceName: "Walked Mac",
    hostName: "walked.example.com",
    bluetooth: false,
    organization: { name: "Orchard" },
    mdmOptions: { activationLockAllowed: false, bootstrapTokenAllowed: true },
  });
  assert.deepEqual(
    [mac.model.name, mac.model.hostName, mac.model.bluetooth],
    ["Walked Mac", "walked.example.com", false],
  );
  await send.fails(/1 of 2 settings failed: ApplicationConfiguration: The application is not managed/, "Settings", {
    bluetooth: true,
    applicationConfigurations: [{ identifier: "not.managed", configuration: { password: "planted-configuration" } }],
  });
  assert.equal(mac.model.bluetooth, true);
  await send.succeeds("DeclarativeManagement");
  await send.succeeds("EnableRemoteDesktop");
  assert.equal((await send.facts()).remoteDesktop, true);
  await send.succeeds("DisableRemoteDesktop");
  assert.equal((await send.facts()).remoteDesktop, false);
  await send.fails(/was not found/, "RequestMirroring", { destinationName: "Nowhere", password: "planted-airplay" });
  await send.succeeds("RequestMirroring", { destinationName: "Meeting room" });
  await send.succeeds("StopMirroring");
  assert.equal(mac.model.mirroringTo, undefined);
}

/** @returns secrets of the Mac that no one may find in the open */
async function locksAndKeys(send: Technician): Promise<string[]> {
  const { mac } = send;
  await send.succeeds("SetRecoveryLock", { newPassword: "planted-recovery-1" });
  assert.equal(mac.model.recoveryLock, "planted-recovery-1");
  await send.fails(/not correct/, "SetRecoveryLock", { newPassword: "x", currentPassword: "wrong" });
  await send.fails(/not the recovery lock password/, "VerifyRecoveryLock", { password: "planted-wrong" });
  await send.succeeds("VerifyRecoveryLock", { password: "planted-recovery-1" });
  await send.succeeds("SecurityInfo");
  assert.equal((await send.facts()).recoveryLock, true);
  const before = mac.model.recovery.personalKey ?? "";
  const replyCertificate = base64(rsaCertificate);
  await send.fails(/could not be unlocked/, "RotateFileVaultKey", { unlockSecret: "planted-wrong", replyCertificate });
  await send.succeeds("RotateFileVaultKey", { unlockSecret: before, replyCertificate });
  assert.notEqual(mac.model.recovery.personalKey, before);
  await send.succeeds("ActivationLockBypassCode");
  const code = mac.model.activationLock.bypassCode ?? "";
  await send.succeeds("ClearActivationLockBypassCode");
  await send.fails(/no Activation Lock bypass code/i, "ActivationLockBypassCode");
  return [before, mac.model.recovery.personalKey ?? "", code, "planted-recovery-1", "planted-wrong"];
}

async function accounts(send: Technician): Promise<void> {
  const { mac } = send;
  const [admin] = (await send.facts()).autoAdmins ?? [];
  await send.succeeds("SetAutoAdminPassword", { guid: admin?.guid, passwordHash: hashOf("planted-admin-two") });
  assert.ok(passwordFits(mac.model.users.find(({ name }) => name === "it")!, "planted-admin-two"));
  await send.fails(/is logged in/, "DeleteUser", { userName: "ann" });
  await send.succeeds("UnlockUserAccount", { userName: "ann" });
  mac.model.users.push({ ...mac.model.users[0]!, name: "bob", guid: "B", uid: 777 });
  await send.succeeds("DeleteUser", { userName: "bob" });
  assert.ok(!mac.model.users.some(({ name }) => name === "bob"));
}

async function updates(send: Technician): Promise<void> {
  const { stage, mac, deviceId } = send;
  mac.model.os = { version: "15.5", build: "24F74", endpointSecurityVersion: 9 };
  await send.succeeds("ScheduleOSUpdateScan", { force: true });
  await send.succeeds("AvailableOSUpdates");
  const [update] = (await stage.api.call(listSystemUpdates, { deviceId })).items;
  assert.ok(update !== undefined && update.isMajor && update.needsBootstrapToken);
  const schedule = (productKey: string, installAction: string) => ({ updates: [{ productKey, installAction }] });
  await send.fails(/nothing: The update is not available/, "ScheduleOSUpdate", schedule("nothing", "InstallASAP"));
  await send.succeeds("ScheduleOSUpdate", schedule(update.productKey, "DownloadOnly"));
  await send.succeeds("OSUpdateStatus");
  const [progress] = (await stage.api.call(listSystemUpdateProgress, { deviceId })).items;
  assert.deepEqual([progress?.productKey, progress?.isDownloaded], [update.productKey, true]);
  await send.succeeds("ScheduleOSUpdate", schedule(update.productKey, "InstallASAP"));
  await eventually("it restarts into the new system", () => (mac.model.os.build === update.build ? true : undefined));
}

/** Every file that the server wrote, and all that its API tells of the Mac. */
async function everythingSaid({ stage, deviceId }: Technician): Promise<string> {
  const { api } = stage;
  const told = await Promise.all([
    api.call(showDevice, { deviceId }),
    api.call(listCommands, { deviceId, limit: 1000 }),
    api.call(listTimeline, { deviceId, limit: 1000 }),
  ]);
  const folder = path.join(stage.folder, "server");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const written = files.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1"));
  return [JSON.stringify(told), ...written].join("\n");
}

/** Nothing here is to be taken back, so nobody has to wait for that. */
async function setWithoutUndo({ server, ca, tenantIds }: Stage): Promise<void> {
  const [tenantId] = tenantIds;
  const [tenant] = await server.ensureTenants(["Orchard"]);
  const token = await server.issueToken("chief", "administrator", [tenant!]);
  const chief = openApiClient({ apiUrl: server.apiUrl, ca, token, tenantId });
  await chief.call(setLimits, { risk: "destructive", undoSeconds: 0 });
  chief.close();
}

test("walk: every typed command reaches a Mac, and what it answers is seen: facts, lists, or a failure in words", {
  timeout: 300_000,
}, async () => {
  let aheadMs = 0;
  await using stage = await openStage({ clock: { now: () => Date.now() + aheadMs } });
  await setWithoutUndo(stage);
  // A looser limit counts after an hour.
  aheadMs = 3_600_000;
  const apple = await setUp(stage, await stage.mac({ chip: "apple" }));
  await questions(apple);
  await software(apple);
  await settings(apple);
  const secrets = await locksAndKeys(apple);
  await accounts(apple);
  await updates(apple);
  const { bootSession } = apple.mac.model;
  await apple.succeeds("RestartDevice", { rebuildKernelCache: true });
  await eventually("it restarts", () => (apple.mac.model.bootSession === bootSession ? undefined : true));
  await apple.isRefused("DeviceConfigured");
  await apple.isRefused("AccountConfiguration");
  await apple.isRefused("SetFirmwarePassword", { newPassword: "planted-firmware" });

  const intel = await meet(stage, await stage.enrolledMac({ chip: "intel" }));
  await intel.succeeds("SetFirmwarePassword", { newPassword: "planted-firmware" });
  await intel.fails(/was not changed/, "SetFirmwarePassword", { newPassword: "planted-other" });
  await intel.succeeds("SecurityInfo");
  assert.deepEqual((await intel.facts()).firmwarePassword, { isSet: false, isChangePending: true });
  await intel.mac.restart();
  await intel.fails(/not the firmware password/, "VerifyFirmwarePassword", { password: "planted-wrong" });
  await intel.succeeds("VerifyFirmwarePassword", { password: "planted-firmware" });
  await intel.succeeds("DeviceLock", { pin: "424242", message: "Call us" });
  await eventually("it is locked", () => (intel.mac.model.lock?.pin === "424242" ? true : undefined));
  await intel.succeeds("ShutDownDevice");

  await apple.succeeds("EraseDevice");
  await apple.mac.journal.find("erased");
  assert.deepEqual([apple.mac.isEnrolled, apple.mac.model.erased], [false, "contents"]);

  const menu = (await stage.api.call(listCommandTypes, {})).items;
  const types = menu.filter((item) => !("kind" in item) || item.kind === "typed").map(({ requestType }) => requestType);
  const sent = new Set([...apple.sent, ...intel.sent]);
  assert.deepEqual(
    types.filter((type) => !sent.has(type)),
    [],
    "every command with an entry of its own was sent",
  );

  const said = await everythingSaid(apple);
  for (const secret of [...secrets, "planted-firmware", "planted-airplay", "planted-configuration", "planted-admin"]) {
    assert.ok(secret.length > 3 && !said.includes(secret), `${secret} stands in the open`);
  }
});
