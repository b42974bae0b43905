import { spawn } from "node:child_process";
import { basename, join } from "node:path";

/** What a tool printed and how it ended. `code` is null when it did not start, was ended, or took too long. */
export interface ToolResult {
  readonly code: number | null;
  readonly stdout: string;
}

export interface ToolLimits {
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Written to the tool's standard input, which is then closed: the only way for a secret into a tool. */
  readonly input?: string;
  /** Standard error too, for the tool of Apple's that answers there. */
  readonly joinErrors?: boolean;
}

/** Runs tools by their absolute path, or by their last name from another folder. */
export interface ToolBox {
  /** The path under which a tool is run. */
  path(tool: string): string;
  /** One tool, an array of arguments, no shell; bounded in time and output. Never throws. */
  run(tool: string, args: readonly string[], limits?: ToolLimits): Promise<ToolResult>;
  /** Ends every tool that runs, a dialog that is open among them. */
  close(): void;
}

const SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin";
/** Tools at once: a Mac that is asked for everything must stay usable. */
const AT_ONCE = 4;

export function openToolBox(folder?: string): ToolBox {
  const path = (tool: string) => (folder === undefined ? tool : join(folder, basename(tool)));
  const env = { PATH: folder === undefined ? SYSTEM_PATH : `${folder}:${SYSTEM_PATH}`, LC_ALL: "C" };
  const queue: (() => void)[] = [];
  const stops = new Set<() => void>();
  let running = 0;
  const turn = () => {
    if (running < AT_ONCE) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => {
      queue.push(resolve);
    });
  };
  const leave = () => {
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return {
    path,
    async run(tool, args, limits = {}) {
      // A dialog stays open for minutes and must not take a turn away from the others.
      const takesTurn = (limits.timeoutMs ?? 0) <= 120_000;
      if (takesTurn) await turn();
      try {
        return await execute(path(tool), args, env, limits, stops);
      } finally {
        if (takesTurn) leave();
      }
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

function execute(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { timeoutMs = 30_000, maxBytes = 4 * 1024 * 1024, input, joinErrors = false }: ToolLimits,
  stops: Set<() => void>,
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const child = spawn(program, args, {
      env,
      cwd: "/",
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", joinErrors ? "pipe" : "ignore"],
      detached: true,
    });
    if (input !== undefined && child.stdin !== null) {
      // A tool that does not read it, or is gone: its exit code says so.
      child.stdin.on("error", () => {});
      child.stdin.end(input);
    }
    const stop = () => {
      try {
        if (child.pid !== undefined && child.pid > 1) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    let isOver = false;
    const giveUp = () => {
      isOver = true;
      stop();
    };
    stops.add(giveUp);
    const timer = setTimeout(giveUp, timeoutMs);
    const collect = (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else giveUp();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    const end = (code: number | null) => {
      clearTimeout(timer);
      stops.delete(giveUp);
      resolve({ code: isOver ? null : code, stdout: isOver ? "" : Buffer.concat(chunks).toString("utf8") });
    };
    child.once("error", () => end(null));
    child.once("close", end);
  });
}
