import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { JobEnd, RunningJob } from "../launchd/job-program.ts";
import type { VirtualRoot } from "../virtual-mac/virtual-root.ts";
import { AGENT_DATA, AGENT_SETTINGS } from "./agent-paths.ts";
import { BOUND_TO_STARTER } from "./bound-to-starter.ts";

export interface ProcessAgentOptions {
  readonly root: VirtualRoot;
  /** The userland's folder. */
  readonly tools: string;
  /** Where standard output and error of the jobs go. */
  readonly logFile: string;
}

/**
 * Starts what a launchd job names as a process of this machine. The single executable of a real Mac is, on a virtual one, the
 * `agent.mjs` beside it, run by our own Node; macOS's paths become those under the virtual disk. The environment is launchd's.
 */
export function startProcess(programArguments: readonly string[], options: ProcessAgentOptions): RunningJob {
  const { root } = options;
  const [program = "", ...given] = programArguments;
  const script = join(dirname(root.real(program)), "agent.mjs");
  const binder = join(dirname(options.logFile), "bound-to-starter.mjs");
  if (existsSync(script)) writeFileSync(binder, BOUND_TO_STARTER);
  const args = existsSync(script)
    ? [
        binder,
        script,
        ...given,
        ...flags({
          settings: root.real(AGENT_SETTINGS),
          data: root.real(AGENT_DATA),
          tools: options.tools,
          root: root.folder,
        }),
      ]
    : given;
  const command = existsSync(script) ? process.execPath : root.real(program);
  const log = createWriteStream(options.logFile, { flags: "a" });
  log.on("error", () => undefined);
  const child = spawn(command, args, {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" },
    // Nothing is ever written to standard input: its end says that we are gone.
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that a loss of power takes its sensor and its scripts as well.
    detached: true,
  });
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const exited = new Promise<JobEnd>((resolve) => {
    child.once("error", () => resolve({ code: 127, signal: undefined }));
    child.once("exit", (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  void exited.then(() => log.end());
  return { pid: child.pid, exited, signal: (signal) => send(child, signal) };
}

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);

/** SIGTERM asks the job alone, as launchd does; the others happen to all that it started. */
function send(child: ChildProcess, signal: Parameters<RunningJob["signal"]>[0]): void {
  if (signal === "SIGTERM" || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
