import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import {
  createInvitation,
  listCommands,
  listDevices,
  listIdentities,
  listRenewals,
  listSecrets,
  listTimeline,
  renewDevice,
  revealRecoveryKey,
  rotateSecret,
  sendCommand,
} from "@pomona/contract";
import {
  type ApiClient,
  type ApnsReceiver,
  type DeviceHttp,
  openApiClient,
  openDeviceHttp,
  startApnsReceiver,
  VirtualMac,
} from "@pomona/testkit";
import { secretOf } from "./escrow.ts";
import { firstToken, type ServerProcess, startServerProcess } from "./server-process.ts";
import { bringPushCertificate, eventually } from "./stage.ts";

/** Messages of one enrollment: the profile, SCEP's three, Authenticate, TokenUpdate. */
const ENROLLMENT = 6;
/** Messages of one renewal: the poll that brings the profile, SCEP's three, both check-ins, the acknowledgement. */
const RENEWAL = 7;

const ends: (() => unknown)[] = [];
let folder: string;
let apns: ApnsReceiver;
let settings: Record<string, string>;
let server: ServerProcess;
let ca: string;
let api: ApiClient;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "pomona-cut-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  apns = await startApnsReceiver();
  ends.push(() => apns.stop());
  const apnsCa = path.join(folder, "apns.pem");
  await writeFile(apnsCa, apns.authority.rootPem);
  settings = { POMONA_DATA: path.join(folder, "server"), POMONA_APNS_URL: apns.url, POMONA_APNS_CA: apnsCa };
  server = await startServerProcess({
    ...settings,
    POMONA_API_PORT: "0",
    POMONA_DEVICE_PORT: "0",
    POMONA_AGENT_PORT: "0",
  });
  ends.push(() => server.stop());
  const { api: apiPort, device, agent } = server.ports;
  settings["POMONA_API_PORT"] = String(apiPort);
  settings["POMONA_DEVICE_PORT"] = String(device);
  settings["POMONA_AGENT_PORT"] = String(agent);
  ca = await readFile(server.caFile, "utf8");
  api = openApiClient({ apiUrl: server.apiUrl, ca, token: await firstToken(server) });
  ends.push(() => api.close());
  await bringPushCertificate(api, apns);
});
after(async () => {
  for (const end of ends.toReversed()) await end();
});

/** A Mac's way to the server, on which the power is cut at a message that the server has answered: the answer never arrives. */
interface Way extends DeviceHttp {
  /** The server dies with the nth message from now. */
  cutAt(message: number): void;
  /** The same, but the first message is the one whose answer brings the Mac a command: a poll still under way is none of them. */
  cutAtFromCommand(message: number): void;
  /** Whether it has died. */
  readonly isCut: boolean;
}

function wayToServer(): Way {
  const http = openDeviceHttp({ roots: [ca] });
  let left = Number.POSITIVE_INFINITY;
  let awaitsCommand = false;
  let isCut = false;
  const cutAt = (message: number, fromCommand: boolean) => {
    left = message;
    awaitsCommand = fromCommand;
    isCut = false;
  };
  return {
    ...http,
    cutAt: (message) => cutAt(message, false),
    cutAtFromCommand: (message) => cutAt(message, true),
    get isCut() {
      return isCut;
    },
    send: async (request) => {
      const response = await http.send(request);
      if (awaitsCommand && !Buffer.from(response.body).includes("<key>RequestType</key>")) return response;
      awaitsCommand = false;
      left -= 1;
      if (left !== 0) return response;
      await server.kill();
      server = await startServerProcess(settings);
      isCut = true;
      throw new Error("the power was cut before the answer came");
    },
  };
}

async function newMac(): Promise<{ mac: VirtualMac; way: Way }> {
  const way = wayToServer();
  const mac = await VirtualMac.open({
    folder: path.join(folder, `cut-mac-${ends.length}-${process.pid}-${Date.now()}`),
    apns,
    agentMode: "none",
    pool: way,
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  ends.push(() => mac.close());
  return { mac, way };
}

const devicesOf = async (mac: VirtualMac) =>
  (await api.call(listDevices, { q: mac.model.serialNumber })).items.filter(
    ({ serialNumber }) => serialNumber === mac.model.serialNumber,
  );
const timelineOf = async (deviceId: string, type: string) =>
  (await api.call(listTimeline, { deviceId, limit: 1000 })).items.filter((item) => item.type === type);
const nothingWaits = (deviceId: string) =>
  eventually(
    "all commands are answered",
    async () => ((await api.call(listCommands, { deviceId, state: "upcoming" })).items.length === 0 ? true : undefined),
    60_000,
  );

/** Enrolls as a person would: what failed is tried once more from the start. */
async function enroll(mac: VirtualMac): Promise<string> {
  for (let tries = 0; !mac.isEnrolled; tries += 1) {
    const invitation = (await api.call(createInvitation, { name: "Cut" })).url;
    await mac.enroll(invitation, { ca }).catch((error: unknown) => {
      if (tries > 0) throw error;
    });
  }
  const [device, ...others] = await devicesOf(mac);
  assert.deepEqual(others, [], "it is one Mac");
  return device!.id;
}

test("the server dies at the nth message of an enrollment, for every n: the Mac is enrolled once and asked each question once", {
  timeout: 240_000,
}, async () => {
  for (let n = 1; n <= ENROLLMENT; n += 1) {
    const { mac, way } = await newMac();
    way.cutAt(n);
    const deviceId = await enroll(mac);
    assert.ok(way.isCut, `message ${n}`);
    await eventually("its commands were queued", async () =>
      (await api.call(listCommands, { deviceId, state: "past" })).items.length > 0 ? true : undefined,
    );
    await mac.mdm.connect();
    await nothingWaits(deviceId);
    assert.equal((await timelineOf(deviceId, "device.enrolled")).length, 1, `message ${n}`);
    const asked = (await api.call(listCommands, { deviceId, state: "past" })).items;
    const first = asked.filter(({ requestType }) => requestType === "DeviceInformation");
    assert.deepEqual(
      first.map(({ state }) => state),
      ["acknowledged"],
      `message ${n}`,
    );
    assert.equal((await devicesOf(mac)).length, 1);
  }
});

test("the server dies at the nth message of a renewal, for every n: the identity in use works, and the queue is kept", {
  timeout: 240_000,
}, async () => {
  for (let n = 1; n <= RENEWAL; n += 1) {
    const { mac, way } = await newMac();
    const deviceId = await enroll(mac);
    await mac.mdm.setBootstrapToken(Buffer.alloc(72, n));
    await nothingWaits(deviceId);
    const old = mac.mdm.state!.identity.certificate;
    mac.mdm.sleep();
    await api.call(renewDevice, { deviceId });
    await api.call(sendCommand, { deviceId, requestType: "UserList", lane: "background" });
    way.cutAtFromCommand(n);
    mac.mdm.wakeUp();
    await mac.mdm.connect();
    await eventually("the power was cut", () => (way.isCut ? true : undefined), 60_000);
    await mac.mdm.connect();
    await nothingWaits(deviceId);
    await mac.mdm.updateToken();
    // A broken-off installation leaves the profile as it was; the server goes on with it when the time between two offers is over.
    const isNew = mac.mdm.state!.identity.certificate !== old;
    assert.equal(isNew, n === 1 || n > RENEWAL - 2, `message ${n}`);
    const owed = (await api.call(listRenewals, {})).items.filter((item) => item.deviceId === deviceId);
    assert.equal(owed.length, isNew ? 0 : 1, `message ${n}`);
    assert.equal((await timelineOf(deviceId, "identity.renewed")).length, isNew ? 1 : 0, `message ${n}`);
    const live = (await api.call(listIdentities, { deviceId })).items.filter(({ revokedAt }) => revokedAt === null);
    if (isNew) assert.equal(live.length, 1, `message ${n}: the old one has ended`);
    const commands = (await api.call(listCommands, { deviceId, state: "past" })).items;
    assert.equal(commands.find(({ requestType }) => requestType === "UserList")?.state, "acknowledged", `message ${n}`);
    assert.equal((await timelineOf(deviceId, "device.enrolled")).length, 1, "it is the same enrollment");
    assert.deepEqual(await mac.mdm.getBootstrapToken().then((token) => Buffer.from(token!)), Buffer.alloc(72, n));
  }
});

test("the server dies at the nth message of a rotation, for every n: the key that opens the disk is here, and one was made", {
  timeout: 240_000,
}, async () => {
  const { mac, way } = await newMac();
  const deviceId = await enroll(mac);
  await eventually("the escrow profile is on the Mac", () => mac.model.recovery.escrow ?? undefined, 60_000);
  await mac.turnOnFileVault();
  await api.call(sendCommand, { deviceId, requestType: "SecurityInfo" });
  await secretOf({ api }, deviceId, "fileVaultKey", ({ values }) => values.length === 1);
  await nothingWaits(deviceId);
  // The poll that brings the command, and the answer to it.
  for (const n of [1, 2]) {
    const keys = new Set([mac.model.recovery.personalKey]);
    mac.mdm.sleep();
    await api.call(rotateSecret, { deviceId, kind: "fileVaultKey" });
    way.cutAtFromCommand(n);
    mac.mdm.wakeUp();
    await mac.mdm.connect();
    await eventually("the power was cut", () => (way.isCut ? true : undefined), 60_000);
    await mac.mdm.connect();
    await nothingWaits(deviceId);
    keys.add(mac.model.recovery.personalKey);
    assert.equal(keys.size, 2, `message ${n}: there is a new key`);
    const { values } = (await api.call(listSecrets, { deviceId })).items.find(({ kind }) => kind === "fileVaultKey")!;
    const held = await Promise.all(
      values.map(
        async ({ id: secretId }) =>
          (await api.call(revealRecoveryKey, { deviceId, secretId, reason: "after the cut" })).value,
      ),
    );
    for (const key of keys) assert.ok(held.includes(key!), `message ${n}: both keys are here`);
  }
});
