import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { processStartTime } from "../../apps/agent/src/kill/index.ts";
import { type Hit, SensorClient } from "../../apps/agent/src/sensors/index.ts";
import { execLine } from "../../apps/agent/src/sensors/testing/event-lines.ts";
import { installFakeEslogger } from "../../apps/agent/src/sensors/testing/fake-eslogger.ts";
import { manyRules } from "./many-rules.ts";

const SENSOR = fileURLToPath(new URL("../../apps/agent/src/sensors/sensor-main.ts", import.meta.url));

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
  const command = [process.execPath, SENSOR, "--tools", folder] as const;
  const killBudget = { kills: count + 1, windowMs: 60_000 };
  const listener = { onHit: (hit: Hit) => hits.push(hit), onRulesSet: () => loaded() };
  const client = new SensorClient({ command: [...command], killBudget }, listener);
  client.setRules([
    ...manyRules(9_999),
    { id: "blocked", name: "Blocked", match: { name: { exact: "blocked-tool" } }, mode: "block" },
  ]);
  client.start();
  try {
    await ready;
    const outsideMs: number[] = [];
    for (let n = 0; n < count; n++) {
      const child = spawn(tool, ["60"], { stdio: "ignore" });
      const ended = once(child, "exit");
      const pid = child.pid as number;
      const line = execLine({ token: { pid, pidversion: processStartTime(pid) as number }, path: tool });
      const writtenAt = performance.now();
      appendFileSync(lines, `${line}\n`);
      await ended;
      outsideMs.push(performance.now() - writtenAt);
    }
    while (hits.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    return { insideMs: hits.map(({ times }) => (times.killedAt ?? 0) - times.receivedAt), outsideMs };
  } finally {
    await client.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
