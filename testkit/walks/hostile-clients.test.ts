import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createInvitation, listCommands, listDevices, sendCommand } from "@pomona/contract";
import { type ApiClient, openApiClient, startApnsReceiver, VirtualMac } from "@pomona/testkit";
import { firstToken, type ServerProcess, startServerProcess } from "./server-process.ts";
import { bringPushCertificate, eventually } from "./stage.ts";

const PROGRAM = fileURLToPath(new URL("hostile-clients.ts", import.meta.url));
/** Two processes hold each connection, and the server needs files of its own. */
const FILES = 12_000;
const openFiles = (): number => {
  try {
    const limit = /Max open files\s+\d+\s+(\d+|unlimited)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit ?? 0);
  } catch {
    return 0;
  }
};
const skip = openFiles() < FILES ? `needs Linux and a limit of ${FILES} open files (ulimit -Hn)` : false;

const PLACES = 4_000;

let heard = "";
const ends: (() => unknown)[] = [];
let server: ServerProcess;
let api: ApiClient;
let mac: VirtualMac;
let deviceId: string;
before(async () => {
  if (skip !== false) return;
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-hostile-"));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const apns = await startApnsReceiver();
  ends.push(() => apns.stop());
  const apnsCa = path.join(folder, "apns.pem");
  await writeFile(apnsCa, apns.authority.rootPem);
  server = await startServerProcess(
    {
      POMONA_DATA: path.join(folder, "server"),
      POMONA_APNS_URL: apns.url,
      POMONA_APNS_CA: apnsCa,
      POMONA_API_PORT: "0",
      POMONA_DEVICE_PORT: "0",
      POMONA_AGENT_PORT: "0",
      POMONA_WAITING_CONNECTIONS: String(PLACES),
      POMONA_LOG_LEVEL: "warn",
    },
    (text) => {
      heard += text;
    },
  );
  ends.push(() => server.stop());
  const ca = await readFile(server.caFile, "utf8");
  api = openApiClient({ apiUrl: server.apiUrl, ca, token: await firstToken(server) });
  ends.push(() => api.close());
  await bringPushCertificate(api, apns);
  mac = await VirtualMac.open({
    folder: path.join(folder, "mac"),
    apns,
    agentMode: "none",
    keyCacheDir: path.join(tmpdir(), "pomona-walk-keys"),
  });
  ends.push(() => mac.close());
  await mac.enroll((await api.call(createInvitation, { name: "Hostile" })).url, { ca });
  deviceId = (await api.call(listDevices, {})).items[0]!.id;
});
after(async () => {
  for (const end of ends.toReversed()) await end();
});

/** What is known of an attack that goes on. */
interface Attack {
  /** How many clients could connect, once each has tried. */
  opened: number | undefined;
  /** The first words of the server to each that got any. */
  readonly answers: string[];
}

/** Clients of one sort, from the Mac's own address; `body` is done until the attack has come to its point, and once more. */
async function underAttack(
  how: string,
  count: number,
  isAtItsPoint: (attack: Attack) => boolean,
  body: () => Promise<void>,
): Promise<Attack> {
  const child: ChildProcess = fork(PROGRAM, [how, String(server.ports.device), String(count)], { execArgv: [] });
  const attack: Attack = { opened: undefined, answers: [] };
  child.on("message", (message: { opened?: number; answered?: string }) => {
    attack.opened ??= message.opened;
    if (message.answered !== undefined) attack.answers.push(message.answered);
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  try {
    while (!isAtItsPoint(attack)) {
      assert.equal(child.exitCode, null, "the hostile clients run");
      await body();
    }
    await body();
    return attack;
  } finally {
    child.kill("SIGKILL");
    await gone;
  }
}
const haveOpened = ({ opened }: Attack): boolean => opened !== undefined;

/** Over new connections, as after a sleep: a check-in, and a command that is fetched and answered. */
async function macIsServed(): Promise<void> {
  mac.mdm.use(mac.mdm.state!);
  await mac.mdm.updateToken();
  const { id } = await api.call(sendCommand, { deviceId, requestType: "ProfileList" });
  await mac.mdm.connect();
  await eventually(
    "the Mac's command is answered",
    async () => {
      const { items } = await api.call(listCommands, { deviceId, state: "past" });
      return items.find((item) => item.id === id)?.state === "acknowledged" ? true : undefined;
    },
    60_000,
  );
}

const megabytes = (what: "VmHWM"): number =>
  Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;

test("10,000 TLS connections with half a hello or none, from a Mac's own address: the Mac is served", {
  skip,
  timeout: 180_000,
}, async () => {
  const { opened } = await underAttack("half-open", 10_000, haveOpened, macIsServed);
  assert.equal(opened, 10_000, "nobody is turned away");
  assert.ok(openConnections() <= PLACES + 200, `${openConnections()} connections are open`);
  const lines = heard.split("\n").filter((line) => line.includes("device-door.shed"));
  assert.ok(lines.length >= 1 && lines.length <= 50, `${lines.length} lines say so`);
});

test("2,000 clients that send a byte of their headers or body now and then: the Mac is served", {
  skip,
  timeout: 180_000,
}, async () => {
  for (const how of ["slow-headers", "slow-body"])
    assert.equal((await underAttack(how, 1_000, haveOpened, macIsServed)).opened, 1_000, how);
});

test("plists of 200 MB are cut off, announced or not; memory stays flat, and the Mac is served", {
  skip,
  timeout: 180_000,
}, async () => {
  const before = megabytes("VmHWM");
  for (const how of ["announced-body", "long-body"]) {
    const { answers } = await underAttack(how, 20, (attack) => attack.answers.length === 20, macIsServed);
    assert.deepEqual(new Set(answers), new Set(["HTTP/1.1 413"]), how);
  }
  // 8 GB were offered.
  assert.ok(megabytes("VmHWM") < before + 600, `${before} MB before, ${megabytes("VmHWM")} MB at most`);
});

/** Of the server's process, from the kernel's own table. */
function openConnections(): number {
  const port = server.ports.device.toString(16).toUpperCase().padStart(4, "0");
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return lines.filter(
    (line) => line.trim().split(/\s+/)[1]?.endsWith(`:${port}`) && line.trim().split(/\s+/)[3] === "01",
  ).length;
}
