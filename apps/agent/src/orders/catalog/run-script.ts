import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAX_SCRIPT_BYTES, type RunScriptInput } from "@pomona/agent-protocol";
import { pause } from "../../pause.ts";
import { failed, type OrderOutcome, type OrderRun, type OrderRunner } from "../order-outcome.ts";
import { captureOutput } from "../output-capture.ts";

/** A child that the script left behind may hold its streams open: they are read this long after its end. */
const LINGER_MS = 2_000;

/** What a script finds in its environment where nothing else is said. */
export const DEFAULT_SCRIPT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/var/root",
  LANG: "en_US.UTF-8",
};

export interface RunScriptOptions {
  scriptFolder(): string;
  /** The whole environment of the script. */
  readonly environment: Readonly<Record<string, string>>;
  /** Between SIGTERM and SIGKILL, ms. */
  readonly graceMs: number;
}

/** Runs a script as the agent's user, in a process group of its own, with an environment of its own and no input. */
export function runScript(options: RunScriptOptions): OrderRunner {
  return async (input, run) => {
    const script = input as RunScriptInput;
    if (Buffer.byteLength(script.script) > MAX_SCRIPT_BYTES) return failed("The script is larger than 1 MiB.");
    const file = join(options.scriptFolder(), randomUUID());
    try {
      writeFileSync(file, script.script, { mode: 0o700, flag: "wx" });
      return await execute(script, file, options, run);
    } finally {
      rmSync(file, { force: true });
    }
  };
}

async function execute(
  script: RunScriptInput,
  file: string,
  options: RunScriptOptions,
  run: OrderRun,
): Promise<OrderOutcome> {
  const child = await start(argvOf(script, file), options.environment);
  if (child instanceof Error) return failed(`The script could not be started: ${reasonOf(child)}.`);
  const capture = captureOutput(script.maxOutputBytes ?? 262_144, run.onOutput);
  child.stdout?.on("data", (bytes: Buffer) => capture.write("stdout", bytes));
  child.stderr?.on("data", (bytes: Buffer) => capture.write("stderr", bytes));
  const seconds = script.timeoutSeconds ?? 300;
  let stopped: string | undefined;
  const stop = (why: string, graceMs: number) => {
    if (stopped !== undefined) return;
    stopped = why;
    signalGroup(child, "SIGTERM");
    setTimeout(() => signalGroup(child, "SIGKILL"), graceMs).unref();
  };
  const timeout = setTimeout(
    () => stop(`The script took longer than ${seconds} s and was stopped.`, options.graceMs),
    seconds * 1000,
  );
  const onAbort = () => stop("The agent was stopped while the script ran.", Math.min(1_000, options.graceMs));
  run.signal.addEventListener("abort", onAbort, { once: true });
  if (run.signal.aborted) onAbort();
  const { code, signal } = await ending(child);
  clearTimeout(timeout);
  run.signal.removeEventListener("abort", onAbort);
  // The leader obeyed; what it had started may not have.
  if (stopped !== undefined) signalGroup(child, "SIGKILL");
  const outcome = { ...capture.end(), exitCode: code };
  if (stopped !== undefined) return failed(stopped, outcome);
  if (code === 0) return { ...outcome, state: "succeeded" };
  return failed(code === null ? `The script was ended by ${signal}.` : `The script ended with code ${code}.`, outcome);
}

function argvOf({ script, interpreter, arguments: given = [] }: RunScriptInput, file: string): readonly string[] {
  if (interpreter !== undefined) return [interpreter, file, ...given];
  return script.startsWith("#!") ? [file, ...given] : ["/bin/sh", file, ...given];
}

/**
 * ETXTBSY: another child, forked while the script was being written, still holds it open for writing until its own exec;
 * a moment later it does not.
 */
async function start(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<ChildProcess | Error> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(argv, env);
    if (!(started instanceof Error) || (started as NodeJS.ErrnoException).code !== "ETXTBSY" || attempt === 10) {
      return started;
    }
    await pause(20 * attempt);
  }
}

function startOnce(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<ChildProcess | Error> {
  return new Promise((resolve) => {
    try {
      const [program = "", ...given] = argv;
      const child = spawn(program, given, { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"], detached: true });
      child.once("error", resolve);
      child.once("spawn", () => resolve(child));
    } catch (error) {
      resolve(error instanceof Error ? error : new Error("unknown reason"));
    }
  });
}

function ending(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      const done = () => {
        clearTimeout(linger);
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve({ code, signal });
      };
      const linger = setTimeout(done, LINGER_MS);
      child.once("close", done);
    });
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  // Never 0 or -1, which would reach our own group or everybody.
  if (child.pid === undefined || child.pid <= 1) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone.
  }
}

/** The code, and not the message, which quotes the path. */
const reasonOf = (error: Error) => (error as NodeJS.ErrnoException).code ?? "unknown reason";
