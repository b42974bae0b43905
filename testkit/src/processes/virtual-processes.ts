import type { LaunchRequest, MacProcess, ProcessEnd, ProcessSpace } from "./mac-process.ts";

/** Processes that are rows of a table: a fleet of a thousand Macs in one process has no room for real ones. */
export function createVirtualProcesses(): ProcessSpace {
  const running = new Map<number, MacProcess>();
  let nextPid = 400;
  let nextVersion = 1000;
  return {
    launch: (request) => {
      nextPid = nextPid >= 99_998 ? 400 : nextPid + 1;
      while (running.has(nextPid)) nextPid += 1;
      nextVersion += 2;
      const process = virtualProcess(nextPid, nextVersion, request, () => running.delete(process.pid));
      running.set(process.pid, process);
      return Promise.resolve(process);
    },
    find: (pid) => running.get(pid),
    list: () => [...running.values()],
    killAll: () => {
      for (const process of running.values()) process.signal("SIGKILL");
      return Promise.resolve();
    },
  };
}

function virtualProcess(pid: number, pidversion: number, request: LaunchRequest, gone: () => void): MacProcess {
  const { promise: exited, resolve } = Promise.withResolvers<ProcessEnd>();
  let isAlive = true;
  return {
    pid,
    pidversion,
    ppid: 1,
    uid: request.uid,
    image: request.image,
    args: request.args,
    startedAt: Date.now(),
    exited,
    signal: (signal) => {
      if (!isAlive) return false;
      if (signal === "SIGKILL" || signal === "SIGTERM") {
        isAlive = false;
        gone();
        resolve({ signal, code: undefined, at: Date.now() });
      }
      return true;
    },
  };
}
