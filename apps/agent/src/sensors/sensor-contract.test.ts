import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { BlockRule } from "@pomona/rules";
import { processStartTime } from "../kill/start-time-killer.ts";
import type { Hit } from "./hit.ts";
import { SensorClient, type SensorListener } from "./sensor-client.ts";
import type { SensorEvent } from "./sensor-events.ts";
import type { SensorHealth } from "./sensor-health.ts";
import { execLine } from "./simulation/event-lines.ts";
import { type FakeEsloggerStep, installFakeEslogger } from "./simulation/fake-eslogger.ts";

// What any sensor process owes the agent. Another sensor passes it by another command and another source of lines.
const ENTRY = fileURLToPath(new URL("./sensor-main.ts", import.meta.url));
const rule: BlockRule = {
  id: "blocked",
  name: "Blocked",
  match: { name: { contains: "blocked-tool" } },
  mode: "block",
};
const fixtures = (file: string) =>
  readFileSync(new URL(`../../../../fixtures/eslogger/${file}`, import.meta.url), "utf8");

function startSensor(
  t: TestContext,
  plan: readonly FakeEsloggerStep[],
  options: { knows?: string[]; install?: false } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "pomona-sensor-"));
  if (options.install !== false) installFakeEslogger(folder, plan, options.knows);
  const hits: Hit[] = [];
  const events: SensorEvent[] = [];
  const healths: SensorHealth[] = [];
  const gaps: number[] = [];
  const sizes: number[] = [];
  const exits: number[] = [];
  const listener: SensorListener = {
    onHit: (hit) => hits.push(hit),
    onEvent: (event) => events.push(event),
    onHealth: (health) => healths.push(health),
    onGap: (count) => gaps.push(count),
    onRulesSet: (size) => sizes.push(size),
    onExit: (retry) => exits.push(retry),
  };
  const backoff = { firstMs: 50, capMs: 200, healthyMs: 60_000 };
  const client = new SensorClient({ command: [process.execPath, ENTRY, "--tools", folder], backoff }, listener);
  t.after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { client, folder, hits, events, healths, gaps, sizes, exits };
}

async function until(claim: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!claim()) {
    if (Date.now() > deadline) assert.fail(`still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a real process of a blocked image is killed, and the hit tells of event, decision and kill", {
  skip: process.platform !== "linux",
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "pomona-exec-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines = join(folder, "lines");
  const tool = join(folder, "blocked-tool");
  writeFileSync(lines, "");
  copyFileSync("/bin/sleep", tool);
  const { client, hits, sizes } = startSensor(t, [{ follow: lines }]);
  client.setRules([rule]);
  client.start();
  await until(() => sizes.length > 0, "the rules");
  const child = spawn(tool, ["60"]);
  t.after(() => child.kill("SIGKILL"));
  const pid = child.pid as number;
  appendFileSync(lines, `${execLine({ token: { pid, pidversion: processStartTime(pid) as number }, path: tool })}\n`);
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL");
  await until(() => hits.length > 0, "the hit");
  const [hit] = hits as [Hit];
  assert.equal(hit.action, "killed");
  assert.equal(hit.rule.id, "blocked");
  assert.equal(hit.event.target.token.pid, pid);
  const { receivedAt, decidedAt, killedAt } = hit.times;
  assert.ok(receivedAt <= decidedAt && decidedAt <= (killedAt ?? 0));
  const gone = await client.kill({ pid, pidversion: 1 });
  assert.notEqual(gone.outcome, "killed");
  assert.equal((await client.kill({ pid: process.pid, pidversion: 1 })).outcome, "refused");
});

test("plain events come only when asked for; hits, gaps and health always", async (t) => {
  const far = execLine({ token: { pid: 900_001, pidversion: 5 }, path: "/opt/free" }).replace(
    /"global_seq_num":\d+/,
    '"global_seq_num":500',
  );
  const lines = [fixtures("macos-26.jsonl"), `${far}\n`, `${"x".repeat(1_200_000)}\n`, "not an event\n"];
  const quiet = startSensor(t, [{ print: lines }]);
  quiet.client.setRules([]);
  quiet.client.start();
  await until(
    () => quiet.healths.some(({ state, counters }) => state === "running" && counters.unreadable === 2),
    "a healthy sensor",
  );
  assert.deepEqual(quiet.events, []);
  assert.equal(quiet.gaps.length, 1);
  assert.deepEqual(quiet.healths.at(-1)?.subscribed, ["exec", "fork", "exit"]);
  const asked = startSensor(t, [{ print: lines }]);
  asked.client.start();
  asked.client.subscribe(true);
  asked.client.mute(["/opt/free"]);
  await until(() => asked.events.length >= 3, "events");
  assert.deepEqual(
    asked.events.map((event) => event.kind),
    ["exec", "fork", "exit"],
  );
});

test("a stream that dies in the middle of a line is started again and its partial line dropped", async (t) => {
  const partial = fixtures("macos-15.jsonl").slice(0, 700);
  const { client, healths, events } = startSensor(t, [
    { print: [partial], thenExit: true },
    { print: [fixtures("macos-15.jsonl")] },
  ]);
  client.start();
  client.subscribe(true);
  await until(() => healths.some(({ state }) => state === "backoff"), "the back-off");
  await until(() => healths.at(-1)?.state === "running", "the second stream");
  await until(() => events.length === 3, "its events");
  assert.equal(healths.at(-1)?.counters.unreadable, 0);
});

test("missing Full Disk Access is a state of its own and is left when access comes", async (t) => {
  const { client, healths } = startSensor(t, [{ refuse: "fullDiskAccess" }, { print: [] }]);
  client.start();
  await until(() => healths.some(({ state }) => state === "needsFullDiskAccess"), "the refusal");
  await until(() => healths.at(-1)?.state === "running", "the access");
});

test("events that this eslogger does not know are not asked for, and a Mac without eslogger says so", async (t) => {
  const older = startSensor(t, [{ print: [] }], { knows: ["exec", "exit", "open"] });
  older.client.start();
  await until(() => older.healths.at(-1)?.state === "running", "a running sensor");
  assert.deepEqual(older.healths.at(-1)?.subscribed, ["exec", "exit"]);
  const without = startSensor(t, [], { install: false });
  without.client.start();
  await until(() => without.healths.at(-1)?.state === "esloggerMissing", "the word that it is missing");
});

test("a sensor process that is killed is started again and gets its rules", async (t) => {
  const { client, sizes, exits } = startSensor(t, [{ print: [] }]);
  client.start();
  client.setRules([rule, { ...rule, id: "bad", match: {} }]);
  await until(() => sizes.length === 1, "the rules");
  process.kill(client.pid as number, "SIGKILL");
  await until(() => sizes.length === 2, "the rules again");
  assert.deepEqual(sizes, [1, 1]);
  assert.equal(exits.length, 1);
});
