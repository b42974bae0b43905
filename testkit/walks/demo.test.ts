import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listDevices } from "@pomona/contract";
import { openApiClient } from "@pomona/testkit";
import { processesIn } from "./processes-in.ts";
import { eventually } from "./stage.ts";

const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

const BUILD = fileURLToPath(new URL("../../tools/build.ts", import.meta.url));

// As `npm run demo` does: a demo without the agent's bundle would have Macs without an agent.
before(() => promisify(execFile)(process.execPath, [BUILD]), { timeout: 120_000 });

interface Said {
  readonly consoleUrl: string;
  readonly apiUrl: string;
  readonly deviceUrl: string;
  readonly agentUrl: string;
  readonly caFile: string;
  readonly token: string;
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly token: string }[];
}

/** A demo in a process group of its own, as a terminal makes it; resolves with its one line. */
async function startDemo(folder: string, macs: number) {
  const args = [MAIN, "demo", "--json", "--data", folder, "--ports", "0", "--macs", String(macs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const texts = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (texts.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (texts.error += text));
  const gone = once(child, "exit");
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const signal = (name: NodeJS.Signals) => process.kill(-child.pid!, name);
  try {
    await eventually(
      "the demo's line",
      () => {
        if (hasEnded()) throw new Error(`the demo ended: ${texts.error}`);
        return texts.out.includes("\n") || undefined;
      },
      120_000,
    );
  } catch (error) {
    if (!hasEnded()) signal("SIGKILL");
    throw error;
  }
  return {
    said: JSON.parse(texts.out) as Said,
    /** Ctrl-C: the whole group hears it. @returns the exit code */
    interrupt: async (): Promise<number | null> => {
      signal("SIGINT");
      const insist = setTimeout(() => signal("SIGKILL"), 30_000);
      await gone;
      clearTimeout(insist);
      assert.equal(texts.out.trim().split("\n").length, 1, "one line on standard output");
      return child.exitCode;
    },
  };
}

async function devicesOf({ apiUrl, caFile, tenants }: Said) {
  const ca = await readFile(caFile, "utf8");
  const lists = tenants.map(async ({ token }) => {
    const api = openApiClient({ apiUrl, ca, token });
    const { items } = await api.call(listDevices, {});
    api.close();
    return items;
  });
  return (await Promise.all(lists)).flat();
}

const ids = (devices: Awaited<ReturnType<typeof devicesOf>>) =>
  new Map(devices.map(({ id, mdm }) => [id, mdm.enrolledAt]));

test("walk: Ctrl-C ends the whole demo, and its next start goes on with the same Macs", {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-demo-"));
  try {
    const first = await startDemo(folder, 3);
    const enrolled = await devicesOf(first.said);
    assert.equal(await first.interrupt(), 0);
    assert.deepEqual(await processesIn(folder), []);
    assert.equal(enrolled.length, 3);
    assert.deepEqual([...new Set(enrolled.map(({ agent }) => agent.online))], [true]);
    assert.match(first.said.consoleUrl, /^https:\/\//);
    assert.match(first.said.agentUrl, /^mqtts:\/\//);

    const second = await startDemo(folder, 3);
    const after = await devicesOf(second.said);
    assert.equal(await second.interrupt(), 0);
    assert.deepEqual(await processesIn(folder), []);
    assert.deepEqual(ids(after), ids(enrolled));
    assert.deepEqual([...new Set(after.map(({ agent }) => agent.online))], [true]);
    assert.deepEqual(second.said.tenants, first.said.tenants);
    assert.equal(second.said.apiUrl, first.said.apiUrl);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("walk: a demo without Macs is ready at once and ends as well", { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-demo-"));
  try {
    const demo = await startDemo(folder, 0);
    assert.deepEqual(await devicesOf(demo.said), []);
    assert.equal(await demo.interrupt(), 0);
    assert.deepEqual(await processesIn(folder), []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
