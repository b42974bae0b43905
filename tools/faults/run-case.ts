import { spawn } from "node:child_process";
import { type Fault, titleOf } from "./fault.ts";

/** What became of the tests of one case in one file. */
export type CaseOutcome =
  | { readonly state: "green"; readonly tests: number }
  /** Titles of those that failed by an assertion or an exception of their own. */
  | { readonly state: "red"; readonly failed: readonly string[] }
  /** Nothing was shown: no such test, the file could not be loaded, its set-up failed, or it hung. */
  | { readonly state: "void"; readonly output: string };

const LIMIT_MS = 120_000;

/** Runs the tests `case N: ...`, or `property: ...`, of a file in a copy of the repository. */
export async function runCase(folder: string, testFile: string, which: Fault["case"]): Promise<CaseOutcome> {
  const begin = titleOf(which);
  const output = await run(folder, [
    "--test",
    "--test-reporter=tap",
    `--test-name-pattern=^${begin}:`,
    "--test-timeout=60000",
    testFile,
  ]);
  const passed = [...output.matchAll(/^ok \d+ - (?:case|property).*$/gm)].filter(([line]) => !line.includes("# SKIP"));
  const failed = [...output.matchAll(/^not ok \d+ - ((?:case|property).*)\n/gm)].map(
    ({ index, 0: line, 1: title }) => ({
      title: title!,
      isOwn: /failureType: '(.*)'/.exec(output.slice(index + line.length))?.[1] === "testCodeFailure",
    }),
  );
  const own = failed.filter(({ isOwn }) => isOwn).map(({ title }) => title);
  if (own.length > 0) return { state: "red", failed: own };
  if (failed.length > 0 || passed.length === 0) return { state: "void", output };
  return { state: "green", tests: passed.length };
}

function run(folder: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  // A fault may make a test hang, and what it started as well.
  const killAll = (): void => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  };
  const stuck = setTimeout(killAll, LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(stuck);
      killAll();
      resolve(Buffer.concat(chunks).toString("utf8"));
    });
  });
}
