import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { listDevices, placeOrder } from "@pomona/contract";
import { processesIn } from "./processes-in.ts";
import { eventually, openStage, type Stage } from "./stage.ts";
import { finished } from "./walk.ts";

const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

function startSim(stage: Stage, token: string) {
  const { server, folder } = stage;
  const given = ["--server", server.apiUrl, "--ca", server.caFile, "--data", path.join(folder, "sim")];
  const options = ["--macs", "2", "--real-agents", "1", "--token", token];
  const child = spawn(process.execPath, [MAIN, "sim", ...given, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.error += text));
  return { child, said };
}

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
};

test("walk: sim enrolls Macs that ask by themselves; its agents end with it, even when it is killed", {
  timeout: 180_000,
}, async () => {
  await using stage = await openStage();
  const tenants = await stage.server.ensureTenants(["Orchard", "Vineyard", "No push"]);
  const tokenOf = (at: number) => stage.server.issueToken("sim", "operator", [tenants[at]!]);

  const refused = startSim(stage, await tokenOf(2));
  assert.equal(await ended(refused.child), 1);
  assert.match(refused.said.error, /upload a push certificate first: Enrollment > Push/);
  assert.equal(refused.said.error.trim().split("\n").length, 1);

  const sim = startSim(stage, await tokenOf(0));
  try {
    const line = await eventually("the line of JSON", () => /^\{.*\}$/m.exec(sim.said.out)?.[0], 60_000);
    const { macs, enrolled, failed, rssMB } = JSON.parse(line) as Record<string, number>;
    assert.deepEqual([macs, enrolled, failed], [2, 2, 0]);
    assert.ok(rssMB! > 20);
    const online = async () => (await stage.api.call(listDevices, {})).items.filter(({ agent }) => agent.online);
    const devices = await eventually(
      "both agents come, without a push",
      async () => {
        const found = await online();
        return found.length === 2 ? found : undefined;
      },
      120_000,
    );
    for (const { id } of devices) {
      const order = await stage.api.call(placeOrder, { deviceId: id, type: "ping" });
      assert.equal((await finished(stage, order.id)).state, "succeeded");
    }
    assert.match(sim.said.error, /2 of 2 Macs enrolled/);
    const agents = async () =>
      (await processesIn(path.join(stage.folder, "sim"))).filter((line) => /agent\.mjs|eslogger/.test(line));
    const three = await eventually("agent, sensor and eslogger run", async () => {
      const running = await agents();
      return running.length >= 3 ? running : undefined;
    });
    assert.ok(three.length >= 3);
  } finally {
    sim.child.kill("SIGKILL");
    await ended(sim.child);
  }
  await eventually("nothing of the agent is left", async () => {
    const left = await processesIn(path.join(stage.folder, "sim"));
    return left.some((line) => /agent\.mjs|eslogger/.test(line)) ? undefined : true;
  });
});
