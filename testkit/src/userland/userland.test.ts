import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { createMacTools } from "@pomona/agent";
import { modelTools } from "../agent/model-tools.ts";
import { makeMacModel } from "../model/make-mac-model.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { VirtualMac } from "../virtual-mac/virtual-mac.ts";

const run = promisify(execFile);

interface EventLine {
  readonly global_seq_num: number;
  readonly event: {
    readonly exec?: { readonly target: { readonly audit_token: { readonly pid: number } | readonly number[] } };
    readonly exit?: { readonly stat: number };
  };
}

describe("the userland of a virtual Mac", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let mac: VirtualMac;
  let tools: string;

  before(async () => {
    folder = await temporaryFolder();
    // A folder with a space and a quote, as people have them.
    mac = await VirtualMac.open({ folder: join(folder.path, "a Mac's"), model: makeMacModel(7), agentMode: "process" });
    mac.model.consoleUser = mac.model.users[0]?.name;
    tools = mac.body.toolsFolder ?? "";
  });
  after(async () => {
    await mac.close();
    await folder[Symbol.asyncDispose]();
  });
  const grantFullDiskAccess = (isGranted: boolean): void => {
    const [profile] = mac.model.profiles;
    if (profile !== undefined) profile.fullDiskAccess = isGranted ? ["io.pomona.agent"] : [];
    else
      mac.model.profiles.push({
        identifier: "pppc",
        uuid: "u",
        version: 1,
        displayName: undefined,
        organization: undefined,
        description: undefined,
        removalDisallowed: false,
        isManaged: true,
        source: "MDM",
        signers: [],
        payloads: [],
        fullDiskAccess: isGranted ? ["io.pomona.agent"] : [],
        installedAt: 0,
      });
  };

  it("tells the agent's own readers what the model says", async () => {
    const real = createMacTools({ toolsFolder: tools, root: mac.body.root.folder, now: Date.now });
    const modelled = modelTools(mac.model, () => Promise.resolve());
    assert.deepEqual(await real.identity(), await modelled.identity());
    const { uptimeSeconds: _, bootedAt, disks, ...facts } = await real.facts();
    const { uptimeSeconds: __, bootedAt: ___, disks: modelledDisks, ...expected } = await modelled.facts();
    assert.deepEqual(facts, expected);
    assert.equal(Math.floor((bootedAt ?? 0) / 1000), Math.floor(mac.model.bootedAt / 1000));
    assert.ok((disks?.length ?? 0) >= (modelledDisks?.length ?? 1));
    const sorted = (list: Awaited<ReturnType<typeof real.applications>>) =>
      list?.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    assert.deepEqual(sorted(await real.applications()), sorted(await modelled.applications()));
  });

  it("shows the agent's dialogs to whoever sits there, and says so when nobody does", async () => {
    const real = createMacTools({ toolsFolder: tools, root: mac.body.root.folder, now: Date.now });
    const words = {
      title: "Blocked",
      text: 'No "miners" here; ask $(IT)',
      button: "OK",
      url: "https://help.example.com/a?b=c",
    };
    assert.equal(await real.showDialog(words), "shown");
    const { at: _, ...dialog } = mac.dialogs.at(-1) ?? { at: 0 };
    assert.deepEqual(dialog, { user: mac.model.users[0]?.name, ...words });
    mac.model.consoleUser = undefined;
    assert.equal(await real.showDialog(words), "noUser");
    mac.model.consoleUser = mac.model.users[0]?.name;
  });

  it("refuses what macOS refuses, with an exit code", async () => {
    await assert.rejects(run(join(tools, "scutil"), ["--get", "Nothing"]), { code: 1 });
    await assert.rejects(run(join(tools, "sysctl"), ["-n", "kern.nothing"]), { code: 1 });
    await assert.rejects(run(join(tools, "eslogger"), ["exec", "no_such_event"]), { code: 64 });
    const { stdout } = await run(join(tools, "eslogger"), ["--list-events"]);
    assert.ok(stdout.split("\n").includes("exec"));
    assert.ok(!stdout.split("\n").includes("no_such_event"));
  });

  it("lets eslogger follow nothing without Full Disk Access", async () => {
    grantFullDiskAccess(false);
    await assert.rejects(run(join(tools, "eslogger"), ["exec"]), /ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED/);
  });

  it("streams starts and ends of real processes as eslogger's lines, in both schemas", async () => {
    grantFullDiskAccess(true);
    for (const version of [9, 10] as const) {
      mac.model.os.endpointSecurityVersion = version;
      const eslogger = spawn(join(tools, "eslogger"), ["exec", "fork", "exit"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      eslogger.stdout.on("data", (piece: Buffer) => {
        text += piece.toString();
      });
      while (mac.body.events.clients === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      const app = await mac.launchApp({
        path: "/Applications/Test.app/Contents/MacOS/Test",
        teamId: "TEAM123456",
        args: ["a b"],
      });
      app.signal("SIGKILL");
      await app.exited;
      while (text.split("\n").length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
      eslogger.kill("SIGTERM");
      await new Promise((resolve) => eslogger.once("exit", resolve));
      const lines = text.trim().split("\n");
      const events = lines.map((line) => JSON.parse(line) as EventLine);
      assert.deepEqual(
        events.map((line) => Object.keys(line.event)),
        [["fork"], ["exec"], ["exit"]],
      );
      assert.ok(text.includes('"path":"\\/Applications\\/Test.app'));
      const token = events[1]?.event.exec?.target.audit_token;
      assert.equal(token === undefined ? undefined : "pid" in token ? token.pid : token[5], app.pid);
      assert.equal(Array.isArray(token), version === 10);
      assert.equal(events[2]?.event.exit?.stat, 9);
      assert.deepEqual(
        events.map((line) => line.global_seq_num),
        [0, 1, 2],
      );
      const order = lines.map((line) => Object.keys(JSON.parse(line) as object).join());
      assert.ok(new Set(order).size > 1, "keys come in another order in each line");
    }
  });

  it("leaves out numbers, writes a line beyond 1 MiB and dies in a line, when asked to", async () => {
    grantFullDiskAccess(true);
    const eslogger = spawn(join(tools, "eslogger"), ["exec"], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    eslogger.stdout.on("data", (piece: Buffer) => {
      text += piece.toString();
    });
    const ended = new Promise((resolve) => eslogger.once("close", resolve));
    while (mac.body.events.clients === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const start = async (): Promise<void> => {
      const app = await mac.launchApp({ path: "/Applications/Test.app/Contents/MacOS/Test" });
      app.signal("SIGKILL");
      await app.exited;
    };
    await start();
    mac.body.eslogger.skipEvents = 2;
    await start();
    await start();
    mac.body.eslogger.writeLongLine = true;
    await start();
    mac.body.eslogger.dieInLine = true;
    await start();
    await ended;
    const lines = text.split("\n");
    assert.equal(lines.length, 3);
    const [first, long] = lines.map((line) =>
      line.endsWith("}") ? (JSON.parse(line) as { seq_num: number }) : undefined,
    );
    assert.deepEqual([first?.seq_num, long?.seq_num], [0, 3]);
    assert.ok((lines[1]?.length ?? 0) > 1_048_576);
    assert.throws(() => JSON.parse(lines[2] ?? "") as unknown);
  });
});
