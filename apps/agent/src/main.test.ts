import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { DesiredMessage, HelloMessage, IncidentMessage } from "@pomona/agent-protocol";
import { buildAgentBundle } from "../build.ts";
import { processStartTime } from "./kill/index.ts";
import { execLine } from "./sensors/simulation/event-lines.ts";
import { installFakeEslogger } from "./sensors/simulation/fake-eslogger.ts";
import { type AgentProcess, makeAgentProcess } from "./testing/agent-process.ts";
import { makeOrder } from "./testing/make-order.ts";
import { startTestServer, type TestServer } from "./testing/test-server.ts";

const DESIRED: DesiredMessage = {
  token: "t1",
  part: 1,
  parts: 1,
  rules: [{ id: "r1", name: "No miners", match: { name: { exact: "blocked-tool" } }, mode: "block" }],
  settings: { killBudgetPerMinute: 10, helpUrl: "https://help.example.com/" },
};

describe("the agent's executable", () => {
  let server: TestServer;
  let agent: AgentProcess;
  const hellos = () =>
    server.received.filter(({ message }) => message === "hello").map(({ body }) => body as HelloMessage);
  const hello = (count = 1) => server.until(() => hellos().length >= count && hellos()[count - 1], `hello ${count}`);
  const state = (orderId: string, wanted: string) =>
    server.message("order-status", (body: { orderId: string; state: string }) => {
      return body.orderId === orderId && body.state === wanted;
    });
  beforeEach(async () => {
    server = await startTestServer();
    agent = makeAgentProcess();
  });
  afterEach(async () => {
    await agent.remove();
    await server.stop();
    assert.deepEqual(server.errors, []);
  });

  it("enrolls from its managed settings, reports its facts and ends cleanly", async () => {
    agent.writeSettings(server.settings());
    agent.start();
    assert.equal((await hello()).serialNumber, "C02TEST00001");
    const { body } = await server.message("facts");
    assert.equal((body as { facts: { model: string } }).facts.model, "Mac15,3");
    assert.equal(statSync(join(agent.data, "identity.json")).mode & 0o777, 0o600);
    assert.equal(await agent.end(), 0);
    assert.doesNotMatch(agent.log(), /PRIVATE KEY|token-of-twenty/);
  });

  it("waits for settings, and wakes when their file changes", async () => {
    agent.start();
    await server.until(() => agent.log().includes("main.start"), "the start");
    agent.writeSettings(server.settings());
    await hello();
    agent.writeSettings(server.settings({ Nudge: "another" }));
    await server.until(() => server.polls.some(({ hello: word }) => word.startedBy === "wake"), "a poll by nudge");
  });

  it("reports an order unknown that was running when it was killed, and never runs it again", async () => {
    const marks = join(agent.folder, "marks");
    agent.writeSettings(server.settings());
    agent.start();
    await hello();
    const order = makeOrder("run-script", { script: `echo $$ >> '${marks}'; exec sleep 60` });
    await server.publish("order", order);
    await state(order.envelope.id, "running");
    await server.until(() => existsSync(marks) && readFileSync(marks, "utf8").endsWith("\n"), "the script");
    assert.equal(await agent.end("SIGKILL"), "SIGKILL");
    agent.start();
    const { body } = await state(order.envelope.id, "unknown");
    assert.match((body as { error: string }).error, /will not run again/);
    assert.equal((await hello(2)).startedBy, "crash");
    await server.publish("order", order);
    await server.until(
      () => server.received.filter(({ message }) => message === "receipt").length > 1,
      "a second receipt",
    );
    const pids = readFileSync(marks, "utf8").trim().split("\n");
    process.kill(Number(pids[0]), "SIGKILL");
    assert.equal(pids.length, 1);
  });

  it("sends after a SIGKILL what it could not send before", async () => {
    agent.writeSettings(server.settings());
    agent.start();
    await hello();
    await server.cutWire();
    await server.until(() => server.polls.some(({ waitSeconds }) => waitSeconds > 0), "the long poll");
    server.setNetStatus(503);
    const order = makeOrder("ping");
    // Another way than the wire and the net is not open: the order comes with the last poll that is still held.
    server.giveToNet("order", { ...order, channel: "net" });
    await server.until(
      () => agent.log().includes(`"${order.envelope.id}","type":"ping","state":"succeeded"`),
      "the ping",
    );
    await agent.end("SIGKILL");
    server.setNetStatus(200);
    await server.mendWire();
    agent.start();
    await state(order.envelope.id, "succeeded");
  });

  it("kills by its rules after a restart without any server, tells the user, and reports when the server is back", {
    skip: process.platform !== "linux",
  }, async () => {
    const lines = join(agent.folder, "lines");
    const tool = join(agent.folder, "blocked-tool");
    writeFileSync(lines, "");
    copyFileSync("/bin/sleep", tool);
    installFakeEslogger(agent.tools, [{ follow: lines }]);
    agent.writeSettings(server.settings());
    agent.start();
    await hello();
    await server.publish("desired", DESIRED);
    await server.message("applied");
    await agent.end();
    await server.cutWire();
    server.setNetStatus(503);
    agent.start();
    await server.until(() => (agent.log().match(/main\.start/g) ?? []).length === 2, "the restart");
    const child = spawn(tool, ["60"]);
    const gone = once(child, "exit");
    const pid = child.pid ?? 0;
    appendFileSync(lines, `${execLine({ token: { pid, pidversion: processStartTime(pid) ?? 0 }, path: tool })}\n`);
    const [, signal] = (await gone) as [number | null, string | null];
    assert.equal(signal, "SIGKILL");
    await server.until(() => existsSync(join(agent.tools, "dialogs")), "the dialog");
    assert.match(readFileSync(join(agent.tools, "dialogs"), "utf8"), /^blocked-tool was blocked\n.*\nOK\nhttps:/);
    server.setNetStatus(200);
    await server.mendWire();
    const incident = (await server.message("incident")).body as IncidentMessage;
    assert.equal(incident.ruleId, "r1");
    assert.equal(incident.action, "kill");
    assert.equal(incident.outcome, "killed");
    assert.equal(incident.process.pid, pid);
  });

  it("starts without rules after three crashes in a row, until new rules come", async () => {
    agent.writeSettings(server.settings());
    agent.start();
    await hello();
    await server.publish("desired", DESIRED);
    await server.message("applied");
    for (let crash = 1; crash <= 3; crash += 1) {
      await agent.end("SIGKILL");
      agent.start();
      await hello(crash + 1);
    }
    assert.equal((await hello(4)).sensor.state, "safeMode");
    await server.publish("desired", { ...DESIRED, token: "t2" });
    await server.message("applied", (body: { token: string }) => body.token === "t2");
  });

  it("refuses a second agent over its data folder", async () => {
    agent.writeSettings(server.settings());
    agent.start();
    await hello();
    const args = [
      fileURLToPath(new URL("./main.ts", import.meta.url)),
      "--data",
      agent.data,
      "--settings",
      "/nonexistent",
    ];
    const second = spawn(process.execPath, args, { env: { PATH: "/usr/bin:/bin" } });
    const [code] = (await once(second, "exit")) as [number];
    assert.equal(code, 1);
  });

  it("refuses to start under NODE_OPTIONS", async () => {
    agent.start({ NODE_OPTIONS: "--no-warnings" });
    assert.equal(await agent.exit(), 78);
    assert.match(agent.log(), /NODE_OPTIONS/);
    assert.doesNotMatch(agent.log(), /no-warnings/);
  });
});

describe("the agent's bundle", () => {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "pomona-bundle-"));
    await buildAgentBundle(join(folder, "agent.mjs"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("enrolls and answers from a folder without node_modules", async () => {
    const server = await startTestServer();
    const agent = makeAgentProcess(join(folder, "agent.mjs"));
    try {
      agent.writeSettings(server.settings());
      agent.start();
      await server.message("hello");
      const order = makeOrder("ping");
      await server.publish("order", order);
      await server.message("order-status", (body: { state: string }) => body.state === "succeeded");
      assert.equal(await agent.end(), 0);
    } finally {
      await agent.remove();
      await server.stop();
    }
  });

  it("is the sensor too, which ends when its agent closes the pipe", async () => {
    installFakeEslogger(folder, [{ print: [] }]);
    const sensor = spawn(process.execPath, [join(folder, "agent.mjs"), "--sensor", "--tools", folder], {
      env: { PATH: "/usr/bin:/bin" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [hello] = (await once(sensor.stdout, "data")) as [Buffer];
    assert.match(hello.toString("latin1"), /hello/);
    sensor.stdin.end();
    const [code] = (await once(sensor, "exit")) as [number];
    assert.equal(code, 0);
  });
});
