import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { startApnsReceiver } from "../apns/apns-receiver.ts";
import { mobileconfig, payload } from "../testing/enrollment-mobileconfig.ts";
import { type FakeMdmServer, startFakeMdmServer } from "../testing/fake-mdm-server.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { agentArchive, manifestOf } from "../testing/tool-package.ts";
import { VirtualMac } from "./virtual-mac.ts";

const LABEL = "io.pomona.agent";
/** Says how it was started, and lives until it is told to end. */
const SCRIPT = `
import { appendFileSync } from "node:fs";
const at = (name) => process.argv[process.argv.indexOf("--" + name) + 1];
appendFileSync(at("root") + "/starts", process.pid + " " + process.argv.slice(2).join(" ") + "\\n");
process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 1000);
`;

async function installAgent(mac: VirtualMac, server: FakeMdmServer): Promise<void> {
  const bytes = await agentArchive(SCRIPT);
  server.files.set("/agent.tar.gz", bytes);
  server.queue({
    RequestType: "InstallEnterpriseApplication",
    Manifest: manifestOf(`${server.url}/agent.tar.gz`, bytes),
  });
  await mac.mdm.connect();
  await mac.journal.find("agent-started");
}

const settings = (server: FakeMdmServer, nudge: string): Buffer =>
  mobileconfig("test.settings", [
    payload(LABEL, {
      ServerURL: server.url,
      BrokerURL: server.url.replace("https:", "mqtts:"),
      TenantID: "00000000-0000-4000-8000-000000000001",
      DeviceID: "00000000-0000-4000-8000-000000000002",
      Roots: server.ca.rootPem,
      Nudge: nudge,
    }),
  ]);
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe("the agent as a process on a virtual Mac", { timeout: 60_000 }, () => {
  it("is kept alive by launchd, stays stopped when it ended well, and starts when its settings change", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    await using mac = await VirtualMac.open({
      folder: join(folder.path, "a Mac"),
      agentMode: "process",
      network: "switchable",
      launchdThrottleMs: 100,
    });
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
    await installAgent(mac, server);
    const { launchd, root } = mac.body;
    const starts = async (): Promise<string[]> =>
      (await readFile(join(root.folder, "starts"), "utf8").catch(() => ""))
        .trim()
        .split("\n")
        .filter((line) => line !== "");
    await until(async () => (await starts()).length === 1);
    const [first = ""] = await starts();
    assert.ok(first.includes(`--settings ${root.real("/Library/Managed Preferences/io.pomona.agent.plist")}`), first);
    assert.ok(first.includes(`--tools ${mac.body.toolsFolder}`), first);

    launchd.running(LABEL)?.signal("SIGKILL");
    await until(async () => (await starts()).length === 2);
    await mac.stopAgent();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(launchd.running(LABEL), undefined);

    server.queue({ RequestType: "InstallProfile", Payload: settings(server, "wake up") });
    await mac.mdm.connect();
    await until(async () => (await starts()).length === 3);
    assert.equal(mac.journal.entries.findLast((entry) => entry.kind === "agent-started")?.detail, "wake");

    const job = launchd.running(LABEL);
    await mac.losePower();
    assert.equal((await job?.exited)?.signal, "SIGKILL");
    await mac.boot();
    await until(async () => (await starts()).length === 4);
  });

  it("shares the Mac with applications that are real processes, and are gone after a loss of power", async () => {
    await using folder = await temporaryFolder();
    await using mac = await VirtualMac.open({ folder: join(folder.path, "mac"), agentMode: "process" });
    const app = await mac.launchApp({ path: "/Applications/Résumé 🧾.app/Contents/MacOS/Résumé" });
    const stat = await readFile(`/proc/${app.pid}/stat`, "latin1");
    assert.equal(
      app.pidversion,
      Number(BigInt(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? 0) % 4_294_967_296n),
    );
    const other = await mac.launchApp({ path: "/usr/local/bin/tool" });
    await mac.losePower();
    const ends = await Promise.all([app.exited, other.exited]);
    assert.deepEqual(
      ends.map((end) => end.signal),
      ["SIGKILL", "SIGKILL"],
    );
    await assert.rejects(readFile(`/proc/${app.pid}/stat`));
  });
});

describe("the agent's core in our own process", { timeout: 60_000 }, () => {
  it("runs as a job of launchd with the settings that the profile brought", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    await using mac = await VirtualMac.open({
      folder: join(folder.path, "mac"),
      agentMode: "in-process",
      launchdThrottleMs: 100,
    });
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
    server.queue({ RequestType: "InstallProfile", Payload: settings(server, "one") });
    await installAgent(mac, server);
    assert.equal(mac.body.settings.read()?.Nudge, "one");
    await until(() => mac.body.agent?.status().running === true);
    await mac.stopAgent();
    assert.equal(mac.body.agent?.status().running, false);
    server.queue({ RequestType: "InstallProfile", Payload: settings(server, "two") });
    await mac.mdm.connect();
    await until(() => mac.body.launchd.running(LABEL) !== undefined || mac.body.launchd.starts(LABEL) > 1);
  });
});

describe("a virtual Mac and its push token", { timeout: 60_000 }, () => {
  it("is woken by a push, gets a kept one after sleep, and a clone of it answers with the same identity", async () => {
    await using folder = await temporaryFolder();
    await using server = await startFakeMdmServer();
    const apns = await startApnsReceiver();
    const woken: string[] = [];
    const registered = new Map<string, (magic: string) => boolean>();
    await using mac = await VirtualMac.open({
      folder: join(folder.path, "mac"),
      agentMode: "none",
      apns: {
        register: (token, topic, wake) => {
          registered.set(token, wake);
          return apns.register(token, topic, (magic) => {
            woken.push(magic);
            return wake(magic);
          });
        },
      },
    });
    await mac.enroll(server.invitation, { ca: server.ca.rootPem });
    const [wake] = registered.values();
    const magic = mac.mdm.state?.pushMagic ?? "";
    server.queue({ RequestType: "SecurityInfo" });
    assert.equal(wake?.("someone else's"), false);
    assert.equal(wake?.(magic), true);
    await until(() => server.reports.some((report) => report["Status"] === "Acknowledged"));
    mac.sleep();
    assert.equal(wake?.(magic), false);
    mac.wakeUp();
    assert.equal(wake?.(magic), true);

    await using clone = await mac.clone(join(folder.path, "clone"));
    assert.equal(clone.model.udid, mac.model.udid);
    const reports = server.reports.length;
    await clone.mdm.connect();
    assert.ok(server.reports.length > reports);
    assert.equal(clone.mdm.state?.identity.certificate, mac.mdm.state?.identity.certificate);
    await apns.stop();
  });
});
