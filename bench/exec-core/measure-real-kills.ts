import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { processStartTime } from "@pomona/agent/kill";
import { type Hit, SENSOR_NODE_OPTIONS, SensorClient } from "@pomona/agent/sensors";
import { execLine, installFakeEslogger } from "@pomona/agent/sensors/simulation";
import { manyRules } from "./many-rules.ts";

/** Kills before the measured ones, so that the compiler of a fresh process is not what is measured. */
const WARM_UP = 20;
const SENSOR = fileURLToPath(import.meta.resolve("@pomona/agent/sensors/main"));

/** Milliseconds of each kill: within the sensor (line read to kill returned), and from outside (line written to process reaped). */
export interface RealKills {
  readonly insideMs: readonly number[];
  readonly outsideMs: readonly number[];
}

/** Lets a sensor process with 10,000 rules kill real processes whose exec lines are written to its eslogger. */
export async function measureRealKills(count: number): Promise<RealKills> {
  const folder = mkdtempSync(join(tmpdir(), "pomona-bench-"));
  const lines = join(folder, "lines");
  const tool = join(folder, "blocked-tool");
  writeFileSync(lines, "");
  copyFileSync("/bin/sleep", tool);
  installFakeEslogger(folder, [{ follow: lines }]);
  const hits: Hit[] = [];
  let loaded = (): void => {};
  const ready = new Promise<void>((resolve) => {
    loaded = resolve;
  });
  const command: [string, ...string[]] = [process.execPath, ...SENSOR_NODE_OPTIONS, SENSOR, "--tools", folder];
  const killBudget = { kills: count + WARM_UP, windowMs: 60_000 };
  const listener = { onHit: (hit: Hit) => hits.push(hit), onRulesSet: () => loaded() };
  const client = new SensorClient({ command, killBudget }, listener);
  client.setRules([
    ...manyRules(9_999),
    { id: "blocked", name: "Blocked", match: { name: { exact: "blocked-tool" } }, mode: "block" },
  ]);
  client.start();
  try {
    await ready;
    const outsideMs: number[] = [];
    for (let n = 0; n < WARM_UP + count; n++) {
      const child = spawn(tool, ["60"], { stdio: "ignore" });
      const ended = once(child, "exit");
      const pid = child.pid as number;
      const line = execLine({ token: { pid, pidversion: processStartTime(pid) as number }, path: tool });
      const writtenAt = performance.now();
      appendFileSync(lines, `${line}\n`);
      await ended;
      outsideMs.push(performance.now() - writtenAt);
    }
    while (hits.length < WARM_UP + count) await new Promise((resolve) => setTimeout(resolve, 5));
    const insideMs = hits.map(({ times }) => (times.killedAt ?? 0) - times.receivedAt);
    return { insideMs: insideMs.slice(WARM_UP), outsideMs: outsideMs.slice(WARM_UP) };
  } finally {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
