import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { platformProcessLookup } from "../../find-process.ts";
import { guardProcesses, platformKiller } from "../../kill/index.ts";
import { killProcess } from "./kill-process.ts";

const run = { orderId: "o", signal: new AbortController().signal, onOutput() {} };

describe("kill-process", { skip: process.platform !== "linux" }, () => {
  const kill = killProcess(platformKiller(guardProcesses([])), platformProcessLookup());

  it("stops a process whose path is the given one, and no other", async () => {
    const child = spawn("/bin/sleep", ["60"]);
    await once(child, "spawn");
    const { path } = (await platformProcessLookup()?.(child.pid ?? 0)) ?? {};
    const other = await kill({ pid: child.pid, path: "/bin/another" }, run);
    assert.match(other.error ?? "", /another executable/);
    assert.equal(child.exitCode, null);
    const gone = once(child, "exit");
    assert.equal((await kill({ pid: child.pid, path }, run)).state, "succeeded");
    assert.deepEqual(await gone, [null, "SIGKILL"]);
  });

  it("compares paths as they are on the disk that its root stands for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pomona-kill-"));
    const executable = join(folder, "disk/Applications/Miner");
    mkdirSync(join(folder, "disk/Applications"), { recursive: true });
    symlinkSync("disk", join(folder, "link"));
    copyFileSync("/bin/sleep", executable);
    chmodSync(executable, 0o755);
    const rooted = killProcess(platformKiller(guardProcesses([])), platformProcessLookup(join(folder, "link")));
    const child = spawn(executable, ["60"]);
    await once(child, "spawn");
    const gone = once(child, "exit");
    const other = await rooted({ pid: child.pid, path: "/Applications/Other" }, run);
    assert.match(other.error ?? "", /another executable/);
    assert.equal((await rooted({ pid: child.pid, path: "/Applications/Miner" }, run)).state, "succeeded");
    assert.deepEqual(await gone, [null, "SIGKILL"]);
    rmSync(folder, { recursive: true });
  });

  it("never stops pid 1, the agent or its parent", async () => {
    for (const pid of [0, 1, process.pid, process.ppid]) {
      assert.match((await kill({ pid }, run)).error ?? "", /never stops/);
    }
  });

  it("sends nothing when the pid became another process in between", async () => {
    const child = spawn("/bin/sleep", ["60"]);
    await once(child, "spawn");
    const pid = child.pid ?? 0;
    const stale = killProcess(platformKiller(guardProcesses([])), () =>
      Promise.resolve({ token: { pid, pidversion: 1 }, path: undefined }),
    );
    assert.match((await stale({ pid }, run)).error ?? "", /another process by now/);
    assert.equal(child.exitCode, null);
    child.kill("SIGKILL");
    await once(child, "exit");
  });

  it("says so when there is no such process, or no safe way", async () => {
    assert.match((await kill({ pid: 2_147_483_600 }, run)).error ?? "", /no process/);
    assert.match((await killProcess(undefined, undefined)({ pid: 100 }, run)).error ?? "", /cannot stop/);
  });
});
