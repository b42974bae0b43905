import { type ChildProcess, spawn } from "node:child_process";
import { chmod, copyFile, mkdir, realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { VirtualRoot } from "../virtual-mac/virtual-root.ts";
import type { LaunchRequest, MacProcess, ProcessEnd, ProcessSpace } from "./mac-process.ts";
import { startTicks } from "./start-ticks.ts";

const SLEEP = ["/bin/sleep", "/usr/bin/sleep"];
/** An application of a virtual Mac ends by itself after an hour, whatever becomes of the one who started it. */
const LIFETIME_SECONDS = "3600";

/** Real processes of this machine, so that a kill is a kill: a copy of `sleep` runs under the application's own path. */
export function createRealProcesses(root: VirtualRoot): ProcessSpace {
  const running = new Map<number, { process: MacProcess; child: ChildProcess }>();
  return {
    launch: async (request) => {
      const executable = root.real(request.image.path);
      if (!(await root.exists(request.image.path))) await placeExecutable(executable);
      const child = spawn(executable, [LIFETIME_SECONDS], { stdio: "ignore", cwd: "/", env: {} });
      await new Promise<void>((resolve, reject) => {
        child.once("spawn", resolve);
        child.once("error", reject);
      });
      const process = realProcess(child, request, () => running.delete(process.pid));
      running.set(process.pid, { process, child });
      return process;
    },
    find: (pid) => running.get(pid)?.process,
    list: () => [...running.values()].map((entry) => entry.process),
    killAll: async () => {
      const all = [...running.values()];
      for (const { child } of all) child.kill("SIGKILL");
      await Promise.all(all.map(({ process }) => process.exited));
    },
  };
}

function realProcess(child: ChildProcess, request: LaunchRequest, gone: () => void): MacProcess {
  const pid = child.pid ?? 0;
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once("exit", (code, signal) => {
      gone();
      resolve({ signal: signal ?? undefined, code: code ?? undefined, at: Date.now() });
    });
  });
  return {
    pid,
    // A process that was killed before we looked has no start time any more; its events must still name somebody.
    pidversion: startTicks(pid) ?? 0,
    ppid: 1,
    uid: request.uid,
    image: request.image,
    args: request.args,
    startedAt: Date.now(),
    exited,
    signal: (signal) => child.kill(signal),
  };
}

async function placeExecutable(target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  for (const candidate of SLEEP) {
    const source = await realpath(candidate).catch(() => undefined);
    // One program for many names (busybox) looks at its own name, and would not sleep under another.
    if (source === undefined || basename(source) !== "sleep") continue;
    await copyFile(source, target);
    await chmod(target, 0o755);
    return;
  }
  throw new Error("this machine has no stand-alone `sleep` to make an application from");
}
