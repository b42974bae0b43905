import { existsSync } from "node:fs";
import { glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureBuilt } from "../build.ts";
import { root } from "../root.ts";
import type { TestTotals } from "../test-reporter.ts";
import { runCommand } from "./command.ts";
import { heading, type StepResult } from "./step.ts";
import { SUITES, type Suite, suiteOf } from "./suites.ts";

/** What one isolated test file may take altogether. */
const FILE_SECONDS = 300;

/** Runs every suite on the test files whose path contains one of `filters` (all when there is none). */
export async function runTests(filters: readonly string[]): Promise<readonly StepResult[]> {
  const files = (await testFiles()).filter(
    (file) => filters.length === 0 || filters.some((word) => file.includes(word)),
  );
  const results: StepResult[] = [];
  for (const suite of SUITES) {
    const own = files.filter((file) => suite.also?.(file) ?? suiteOf(file) === suite);
    if (own.length > 0) results.push(await runSuite(suite, own));
  }
  if (results.length === 0) {
    console.error(`no test file's path contains ${filters.join(" or ")}`);
    results.push({ name: "tests", passed: 0, failed: 1, skipped: 0, ms: 0 });
  }
  return results;
}

async function testFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = "{packages,apps,testkit,bench,tools}";
  const isOutside = (name: string): boolean => name === "node_modules" || name === "dist";
  for await (const file of glob(`${folders}/**/*.test.ts`, {
    cwd: root,
    exclude: (file) => isOutside(path.basename(file)),
  })) {
    found.push(file);
  }
  return found.sort();
}

async function runSuite(suite: Suite, files: readonly string[]): Promise<StepResult> {
  heading(`tests: ${suite.name} (${files.length} files)`);
  const name = `tests: ${suite.name}`;
  const start = performance.now();
  const node = suite.node?.();
  if (node !== undefined && !existsSync(node)) {
    console.log(`skipped: ${path.relative(root, node)} is not installed on this platform`);
    return { name, passed: 0, failed: 0, skipped: 1, ms: 0 };
  }
  if (suite.usesBuilt === true) await ensureBuilt();
  const folder = await mkdtemp(path.join(tmpdir(), "pomona-check-"));
  const totalsFile = path.join(folder, "totals.json");
  try {
    const args = [
      "--test",
      "--test-reporter=./tools/test-reporter.ts",
      "--import=./tools/check/file-limit.ts",
      ...suite.flags,
      ...files,
    ];
    const code = await runCommand(args, {
      env: { TEST_TOTALS_FILE: totalsFile, TEST_FILE_SECONDS: String(FILE_SECONDS) },
      ...(node !== undefined && { node }),
    });
    const totals = await readTotals(totalsFile);
    // A runner that ends badly without a failed test (it crashed, or was stopped) is itself the failure.
    const failed = code !== 0 && totals.failed === 0 ? 1 : totals.failed;
    return { name, ...totals, failed, ms: performance.now() - start };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readTotals(file: string): Promise<TestTotals> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 0, skipped: 0 };
  return JSON.parse(text) as TestTotals;
}
