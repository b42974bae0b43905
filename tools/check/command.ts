import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { root } from "../root.ts";

/** A command that takes longer is stuck; its whole process group is killed. */
const LIMIT_MS = 20 * 60_000;
/** What a stopped command gets to end by itself. */
const GRACE_MS = 5_000;

let current: ChildProcess | undefined;

/**
 * Runs the packaged Node with `args` in the repository's root, its output with ours; answers its exit code (1 for a signal).
 * It has a process group of its own, so that what it started ends with it, also when we are told to stop.
 */
export function runCommand(
  args: readonly string[],
  options: { node?: string; env?: Record<string, string> } = {},
): Promise<number> {
  const node = options.node ?? process.execPath;
  const bins = [path.dirname(node), path.join(root, "node_modules", ".bin"), process.env.PATH ?? ""];
  const child = spawn(node, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
    env: { ...process.env, ...options.env, PATH: bins.join(path.delimiter) },
  });
  current = child;
  const stuck = setTimeout(() => {
    console.error(`stopped after ${LIMIT_MS / 60_000} minutes: ${args.join(" ")}`);
    killGroup(child, "SIGKILL");
  }, LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      clearTimeout(stuck);
      killGroup(child, "SIGKILL");
      current = undefined;
      resolve(code ?? 1);
    });
  });
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    if (current === undefined) process.kill(process.pid, signal);
    else stop(current, signal);
  });
}

function stop(child: ChildProcess, signal: NodeJS.Signals): void {
  child.removeAllListeners("exit");
  const end = () => {
    killGroup(child, "SIGKILL");
    process.kill(process.pid, signal);
  };
  child.once("exit", end);
  setTimeout(end, GRACE_MS);
  killGroup(child, "SIGTERM");
}
