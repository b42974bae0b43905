import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SensorListener } from "@pomona/agent";
import { startEvents } from "../endpoint-security/es-event.ts";
import { createEsStream } from "../endpoint-security/event-stream.ts";
import { createVirtualProcesses } from "../processes/virtual-processes.ts";
import { modelSensor } from "./model-sensor.ts";
import { spaceKiller } from "./space-killer.ts";

type Hit = Parameters<SensorListener["onHit"]>[0];
type Health = Parameters<SensorListener["onHealth"]>[0];

const miner = {
  path: "/Applications/Miner.app/Contents/MacOS/Miner",
  signingId: "com.example.miner",
  teamId: "MINER66666",
  cdhash: "AB".repeat(20),
  isPlatformBinary: false,
};

function mac(hasFullDiskAccess = true) {
  const processes = createVirtualProcesses();
  const events = createEsStream();
  const hits: Hit[] = [];
  const healths: Health[] = [];
  const killer = spaceKiller(processes);
  const sensor = modelSensor({ events, killer, version: 10, hasFullDiskAccess: () => hasFullDiskAccess });
  sensor.start({ onHit: (hit) => void hits.push(hit), onHealth: (health) => void healths.push(health) });
  const launch = async (image = miner) => {
    const process = await processes.launch({ image, args: [], uid: 501 });
    for (const event of startEvents(process)) events.emit(event);
    return process;
  };
  return { processes, hits, healths, sensor, killer, launch };
}

const block = { id: "r1", name: "No miners", match: { teamId: "MINER66666" }, mode: "block" } as const;

describe("the sensor of an in-process agent", () => {
  it("kills what a rule blocks before anything else runs, and says when", async () => {
    const { sensor, hits, launch, processes } = mac();
    sensor.setRules([block], 10);
    const process = await launch();
    assert.equal(processes.find(process.pid), undefined);
    assert.equal((await process.exited).signal, "SIGKILL");
    const [hit] = hits;
    assert.equal(hit?.action, "killed");
    const { eventAt, receivedAt, decidedAt, killedAt = 0 } = hit.times;
    assert.ok(eventAt <= killedAt && receivedAt <= decidedAt && decidedAt <= killedAt);
    const other = await launch({ ...miner, teamId: "OTHER00000" });
    assert.ok(processes.find(other.pid));
    assert.equal(hits.length, 1);
  });

  it("only reports when the rule says so, when the budget is spent, and for platform binaries", async () => {
    const { sensor, hits, launch } = mac();
    sensor.setRules([{ ...block, mode: "report" }], 10);
    await launch();
    sensor.setRules([block], 1);
    await launch();
    await launch();
    sensor.setRules([block], 10);
    await launch({ ...miner, isPlatformBinary: true });
    assert.deepEqual(
      hits.map((hit) => hit.action),
      ["reported", "killed", "budgetSpent", "reported"],
    );
  });

  it("sees nothing without Full Disk Access, and says so", async () => {
    const { sensor, hits, healths, launch } = mac(false);
    sensor.setRules([block], 10);
    await launch();
    assert.deepEqual(hits, []);
    assert.equal(healths[0]?.state, "needsFullDiskAccess");
  });

  it("kills nobody whose pid is used again by another process", async () => {
    const { killer, launch } = mac();
    const process = await launch();
    assert.equal(
      killer.kill({ pid: process.pid, pidversion: process.pidversion + 1 }, "SIGKILL").outcome,
      "identityChanged",
    );
    assert.equal(killer.kill({ pid: 1, pidversion: 1 }, "SIGKILL").outcome, "refused");
    assert.equal(killer.kill(process, "SIGKILL").outcome, "killed");
    assert.equal(killer.kill(process, "SIGKILL").outcome, "notFound");
  });
});
