import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import {
  createInvitation,
  listCommands,
  listDevices,
  listSecrets,
  revealRecoveryKey,
  rotateSecret,
  sendCommand,
  verifyChain,
} from "@pomona/contract";
import {
  type ApiClient,
  ApiProblem,
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

/** A disk of its own, small enough to be filled: what SQLite and the kernel do on it is what they do on any. */
function mountSmallDisk(where: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m,mode=0700", "tmpfs", where], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const ends: (() => unknown)[] = [];
let isMounted = false;
let data: string;
let heard = "";
let settings: Record<string, string>;
let server: ServerProcess;
let ca: string;
let api: ApiClient;
let apns: ApnsReceiver;
let mac: VirtualMac;
let deviceId: string;
/** Called before each message of the Mac is sent. */
let beforeSending: (request: Parameters<DeviceHttp["send"]>[0]) => void = () => {};
const statuses: number[] = [];

const start = (ports: Record<string, string>) =>
  startServerProcess({ ...settings, ...ports }, (text) => {
    heard += text;
  });
before(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-full-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  data = path.join(folder, "disk");
  mkdirSync(data);
  isMounted = mountSmallDisk(data);
  if (!isMounted) return;
  ends.push(() => execFileSync("umount", [data]));
  apns = await startApnsReceiver();
  ends.push(() => apns.stop());
  const apnsCa = path.join(folder, "apns.pem");
  await writeFile(apnsCa, apns.authority.rootPem);
  settings = {
    POMONA_DATA: path.join(data, "server"),
    POMONA_APNS_URL: apns.url,
    POMONA_APNS_CA: apnsCa,
    POMONA_LOG_LEVEL: "warn",
  };
  server = await start({ POMONA_API_PORT: "0", POMONA_DEVICE_PORT: "0", POMONA_AGENT_PORT: "0" });
  ends.push(() => server.stop());
  ca = await readFile(server.caFile, "utf8");
  api = openApiClient({ apiUrl: server.apiUrl, ca, token: await firstToken(server) });
  ends.push(() => api.close());
  await bringPushCertificate(api, apns);
  const http = openDeviceHttp({ roots: [ca] });
  const pool: DeviceHttp = {
    ...http,
    send: async (request) => {
      beforeSending(request);
      const answer = await http.send(request);
      statuses.push(answer.status);
      return answer;
    },
  };
  mac = await VirtualMac.open({
    folder: path.join(folder, "mac"),
    apns,
    agentMode: "none",
    pool,
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  ends.push(() => mac.close());
  await mac.enroll((await api.call(createInvitation, { name: "Full" })).url, { ca });
  deviceId = (await api.call(listDevices, {})).items[0]!.id;
  await eventually("the escrow profile is on the Mac", () => mac.model.recovery.escrow ?? undefined, 60_000);
  await mac.turnOnFileVault();
  await api.call(sendCommand, { deviceId, requestType: "SecurityInfo" });
  await secretOf({ api }, deviceId, "fileVaultKey", ({ values }) => values.length === 1);
  await nothingWaits();
});
after(async () => {
  for (const end of ends.toReversed()) await end();
});

/** Until not one byte more fits. */
function fillDisk(): void {
  const file = openSync(path.join(data, "filler"), "a");
  try {
    for (let bytes = 1_048_576; bytes >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(bytes, 1));
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
        bytes = Math.floor(bytes / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}
const freeDisk = () => rmSync(path.join(data, "filler"), { force: true });

const nothingWaits = () =>
  eventually("all commands are answered", async () => ((await upcoming()).length === 0 ? true : undefined), 60_000);
const upcoming = async () => (await api.call(listCommands, { deviceId, state: "upcoming" })).items;
const heldKeys = async (): Promise<readonly string[]> => {
  const { values } = (await api.call(listSecrets, { deviceId })).items.find(({ kind }) => kind === "fileVaultKey")!;
  const reveal = async (secretId: string) =>
    (await api.call(revealRecoveryKey, { deviceId, secretId, reason: "the disk was full" })).value;
  return Promise.all(values.map(({ id }) => reveal(id)));
};
const health = () =>
  new Promise<{ status: string; store: string }>((resolve, reject) => {
    https
      .get(`${server.apiUrl}/health`, { ca, agent: false }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        answer.on("end", () => resolve(JSON.parse(text) as { status: string; store: string }));
      })
      .on("error", reject);
  });
const isFull = (error: unknown) => {
  assert.ok(error instanceof ApiProblem);
  assert.deepEqual([error.problem.status, error.problem.code], [503, "store.full"]);
  assert.match(error.problem.detail ?? "", /disk is full, so nothing was changed/);
  return true;
};

test("on a full disk a new recovery key and a bootstrap token are refused with 5xx, and kept when there is space", {
  timeout: 180_000,
}, async (t) => {
  if (!isMounted) return t.skip("needs the right to mount a small disk (root on Linux)");
  const old = mac.model.recovery.personalKey!;
  mac.mdm.sleep();
  await api.call(rotateSecret, { deviceId, kind: "fileVaultKey" });
  // The Mac has the command and makes the key; what it then sends meets a full disk.
  beforeSending = ({ body }) => {
    if (Buffer.from(body ?? []).includes("EncryptedNewRecoveryKey")) fillDisk();
  };
  mac.mdm.wakeUp();
  await mac.mdm.connect();
  beforeSending = () => {};
  const current = mac.model.recovery.personalKey!;
  assert.notEqual(current, old);
  assert.ok(statuses.at(-1)! >= 500, `the key got ${statuses.at(-1)}`);
  const token = Buffer.alloc(72, 5);
  await assert.rejects(mac.mdm.setBootstrapToken(token), /answered 5\d\d/);

  // What is on the disk is read, and the server says what is wrong.
  assert.equal((await api.call(listDevices, {})).items.length, 1);
  assert.deepEqual(await health(), { status: "up", store: "full" });
  assert.match(heard, /"msg":"store.full"/);
  // Nothing is begun that escrow could not keep: neither a question to the Mac nor a value that was made for it.
  const before_ = await upcoming();
  for (const kind of ["recoveryLock", "firmwarePassword"] as const)
    await assert.rejects(api.call(rotateSecret, { deviceId, kind }), isFull);
  const lock = { deviceId, requestType: "DeviceLock", input: { pin: "112233" } };
  await assert.rejects(api.call(sendCommand, lock), isFull);
  await assert.rejects(heldKeys(), isFull);
  assert.deepEqual(await upcoming(), before_);
  // Some runs of every job, and polls all the while.
  for (let n = 0; n < 10; n += 1) {
    await mac.mdm.connect();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.equal((await health()).status, "up");

  freeDisk();
  await mac.mdm.setBootstrapToken(token);
  assert.deepEqual(Buffer.from((await mac.mdm.getBootstrapToken())!), token);
  await mac.mdm.connect();
  await nothingWaits();
  const held = await heldKeys();
  assert.ok(held.includes(current), "the key that opens the disk is here");
  assert.ok(held.includes(old), "and the one before");
  assert.equal((await health()).store, "works");
  assert.match(heard, /"msg":"store.works-again"/);
  assert.equal((await api.call(verifyChain, {})).valid, true);
});

test("a server that is killed on a full disk starts on it, reads, and holds nothing back when there is space", {
  timeout: 180_000,
}, async (t) => {
  if (!isMounted) return t.skip("needs the right to mount a small disk (root on Linux)");
  fillDisk();
  await assert.rejects(api.call(sendCommand, { deviceId, requestType: "ProfileList" }), isFull);
  await server.kill();
  const { api: apiPort, device, agent } = server.ports;
  const ports = { POMONA_API_PORT: `${apiPort}`, POMONA_DEVICE_PORT: `${device}`, POMONA_AGENT_PORT: `${agent}` };
  server = await start(ports).catch((error: unknown) => assert.fail(`${String(error)}: ${heard.slice(-2000)}`));
  assert.equal((await api.call(listDevices, {})).items.length, 1);
  assert.equal(await readFile(server.caFile, "utf8"), ca, "nothing that was there is gone");
  await assert.rejects(mac.mdm.setBootstrapToken(Buffer.alloc(72, 6)), /answered 5\d\d/);
  freeDisk();
  await mac.mdm.setBootstrapToken(Buffer.alloc(72, 6));
  await api.call(sendCommand, { deviceId, requestType: "ProfileList" });
  await mac.mdm.connect();
  await nothingWaits();
  assert.ok((await heldKeys()).includes(mac.model.recovery.personalKey!));
  assert.ok(!heard.includes("server.restored"), "it is the newest database");
  assert.deepEqual(
    readdirSync(path.join(data, "server", "keys")).filter((name) => name.endsWith(".new")),
    [],
  );
  const incoming = path.join(data, "server", "blobs", "incoming");
  if (existsSync(incoming)) assert.deepEqual(readdirSync(incoming), [], "no half of a package");
});
