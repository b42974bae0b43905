import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { temporaryFolder } from "../testing/temporary-folder.ts";

/** Notes its own pid and its sensor's, and what it was given; its sensor ends with its standard input, as the real one does. */
const AGENT = `import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
const sensor = spawn(process.execPath, ["-e", "process.stdin.resume().on('end', () => process.exit())"], { stdio: ["pipe", "ignore", "ignore"] });
const note = { pids: [process.pid, sensor.pid], script: process.argv[1], options: process.execArgv, given: process.argv.slice(2) };
const file = process.argv[process.argv.indexOf("--root") + 1] + "/note";
writeFileSync(file + ".new", JSON.stringify(note));
renameSync(file + ".new", file);
setInterval(() => {}, 1000);
`;

const STARTER = `import { startProcess } from ${JSON.stringify(new URL("start-process.ts", import.meta.url).href)};
const folder = process.argv[2];
const root = { folder, real: (path) => folder + path };
startProcess(["/agent/pomona-agent", "--extra"], { root, tools: folder + "/tools", logFile: folder + "/log" });
setInterval(() => {}, 1000);
`;

describe("the agent's process of a virtual Mac", { timeout: 30_000 }, () => {
  it("ends, with its sensor, when the process that started it is killed", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "agent"));
    await writeFile(join(folder.path, "agent/agent.mjs"), AGENT);
    await writeFile(join(folder.path, "starter.mjs"), STARTER);
    const starter = spawn(process.execPath, [join(folder.path, "starter.mjs"), folder.path], { stdio: "inherit" });
    const note = await eventually(
      async () => JSON.parse(await readFile(join(folder.path, "note"), "utf8")) as Record<string, unknown>,
    );
    assert.equal(note["script"], join(folder.path, "agent/agent.mjs"));
    assert.deepEqual(note["options"], []);
    assert.deepEqual((note["given"] as string[]).slice(0, 2), ["--extra", "--settings"]);
    const pids = note["pids"] as number[];
    assert.deepEqual(pids.map(isAlive), [true, true]);
    starter.kill("SIGKILL");
    await once(starter, "exit");
    await eventually(() => Promise.resolve(assert.deepEqual(pids.map(isAlive), [false, false])));
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Tries until it does not throw; the test's own limit ends it. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
