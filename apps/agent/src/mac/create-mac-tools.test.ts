import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { up } from "@pomona/agent-protocol";
import { buildBinaryPlist } from "@pomona/plist";
import { fits } from "../protocol-check.ts";
import { installFakeTools, installTool, PRINTED } from "../testing/fake-tools.ts";
import { createMacTools } from "./create-mac-tools.ts";
import { openToolBox } from "./run-tool.ts";

const BOOT = 1_763_800_000_123;

describe("macOS by its tools", () => {
  let folder: string;
  const toolsIn = (name: string, printed = PRINTED) => {
    const tools = join(folder, name);
    mkdirSync(tools, { recursive: true });
    installFakeTools(tools, printed);
    return tools;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "pomona-tools-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is who it says it is", async () => {
    const mac = createMacTools({ toolsFolder: toolsIn("whole"), now: () => BOOT });
    assert.deepEqual(await mac.identity(), {
      serialNumber: "C02TEST00001",
      osVersion: "15.1",
      bootSession: "8E3C5A77-2C1B-4B61-9C5C-0E2D7C0C9A11",
    });
  });

  it("tells every fact, in the protocol's shape", async () => {
    const mac = createMacTools({ toolsFolder: toolsIn("whole"), now: () => BOOT + 90_500 });
    const facts = await mac.facts();
    assert.ok(fits(up.telemetry.facts, { at: 1, facts }));
    assert.deepEqual(facts, {
      serialNumber: "C02TEST00001",
      name: "Amélie's MacBook Pro",
      hostName: "Amelies-MacBook-Pro",
      model: "Mac15,3",
      osVersion: "15.1",
      buildVersion: "24B83",
      processor: "Apple M3",
      memoryBytes: 17_179_869_184,
      uptimeSeconds: 90,
      bootedAt: BOOT,
      disks: [
        { name: "/", sizeBytes: 482_797_652 * 1024, freeBytes: 268_811_256 * 1024 },
        { name: "/Volumes/My Disk", sizeBytes: 15_728_640 * 1024, freeBytes: 14_680_064 * 1024 },
      ],
      users: [{ name: "amelie", fullName: "Amélie Example", uid: 501, admin: true }],
      fileVault: true,
      sip: true,
      network: [
        {
          name: "en0",
          mac: "3c:22:fb:00:11:22",
          addresses: ["fe80::1c2d:3e4f:5a6b:7c8d", "192.168.1.23"],
        },
      ],
    });
  });

  it("leaves out what could not be read, and never invents it", async () => {
    const mac = createMacTools({
      toolsFolder: toolsIn("poor", {
        sw_vers: { "": "nonsense" },
        system_profiler: { "-json SPHardwareDataType": "[not json" },
        fdesetup: { status: "Error: a problem" },
        csrutil: { status: "System Integrity Protection status: unknown (Custom Configuration)." },
      }),
      now: () => BOOT,
    });
    assert.deepEqual(await mac.facts(), {});
    assert.equal(await mac.applications(), undefined);
    await assert.rejects(mac.identity(), /serial number/);
  });

  it("lists applications with the bundle identifier of their own Info.plist", async () => {
    const contents = join(folder, "root/Applications/Safari.app/Contents");
    mkdirSync(contents, { recursive: true });
    writeFileSync(join(contents, "Info.plist"), buildBinaryPlist({ CFBundleIdentifier: "com.apple.Safari" }));
    const mac = createMacTools({ toolsFolder: toolsIn("whole"), root: join(folder, "root"), now: () => BOOT });
    assert.deepEqual(await mac.applications(), [
      { name: "Bare", version: "", path: "/Applications/Bare.app", bundleId: "" },
      { name: "Safari", version: "18.1", path: "/Applications/Safari.app", bundleId: "com.apple.Safari" },
    ]);
  });

  it("shows a dialog to who sits at the Mac, its texts as arguments of their own", async () => {
    const tools = toolsIn("dialog");
    const mac = createMacTools({ toolsFolder: tools, now: () => BOOT });
    const text = { title: "$(id)", text: '" & do shell script "id', button: "-e", url: "https://help.example.com/" };
    assert.equal(await mac.showDialog(text), "shown");
    const shown = readFileSync(join(tools, "dialogs"), "utf8").trim().split("\n");
    assert.deepEqual(shown, [text.title, text.text, text.button, text.url]);
  });

  it("shows no dialog at the login window, and says when macOS failed to", async () => {
    const tools = toolsIn("login", { stat: { "-f %u /dev/console": "0" } });
    const mac = createMacTools({ toolsFolder: tools, now: () => BOOT });
    const text = { title: "a", text: "b", button: "c" };
    assert.equal(await mac.showDialog(text), "noUser");
    assert.equal(existsSync(join(tools, "dialogs")), false);
    toolsIn("login", { stat: { "-f %u /dev/console": "501" } });
    installTool(tools, "osascript", "exit 1");
    assert.equal(await mac.showDialog(text), "failed");
  });

  it("bounds a tool in time and output, and gives it no environment and no input", async () => {
    const tools = toolsIn("bounds");
    installTool(tools, "slow", "sleep 60 & wait");
    installTool(tools, "loud", "yes");
    installTool(tools, "plain", "cat; env | sort");
    const box = openToolBox(tools);
    assert.deepEqual(await box.run("/x/slow", [], { timeoutMs: 100 }), { code: null, stdout: "" });
    assert.deepEqual(await box.run("/x/loud", [], { maxBytes: 1000 }), { code: null, stdout: "" });
    assert.deepEqual(await box.run("/x/missing", []), { code: null, stdout: "" });
    const { stdout } = await box.run("/x/plain", []);
    assert.doesNotMatch(stdout, /HOME|NODE/);
    const ended = box.run("/x/slow", []);
    setTimeout(() => box.close(), 50);
    assert.deepEqual(await ended, { code: null, stdout: "" });
    assert.match(stdout, new RegExp(`^PATH=${tools}:`, "m"));
  });
});
