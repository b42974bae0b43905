/**
 * A reporter for node's test runner: one line per file, every failure in full, and the totals as JSON in the file that
 * TEST_TOTALS_FILE names. A test with subtests counts once for itself and once for each; a suite is no test.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** What one run of the test runner counted. */
export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

type Outcome = Extract<TestEvent, { type: "test:pass" | "test:fail" }>;
interface FileCount {
  passed: number;
  failed: number;
  skipped: number;
  ms: number;
}

const NONE: FileCount = { passed: 0, failed: 0, skipped: 0, ms: 0 };
const byName = (a: string, b: string): number => (a < b ? -1 : 1);

/** The reporter itself: node calls it with the runner's events and prints what it yields. */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  const files = new Map<string, FileCount>();
  for await (const event of source) {
    if (event.type === "test:stderr" || event.type === "test:stdout") yield event.data.message;
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    count(files, event);
    if (event.type === "test:fail" && !isOnlyAParent(event)) yield failure(event);
    if (event.type === "test:pass" && typeof event.data.skip === "string") yield skipped(event);
  }
  for (const file of [...files.keys()].toSorted(byName)) yield line(file, files.get(file) ?? NONE);
  const totals = sum(files.values());
  const target = process.env.TEST_TOTALS_FILE;
  if (target !== undefined) writeFileSync(target, JSON.stringify(totals));
}

const fileOf = (event: Outcome): string => (event.data.file === undefined ? "?" : path.relative(".", event.data.file));
const isSuite = (event: Outcome): boolean => event.data.details.type === "suite";

/** A suite or test that failed for no reason but its subtests, which are told of by themselves. */
function isOnlyAParent(event: Outcome): boolean {
  const { error } = event.data.details as { error?: { failureType?: string } };
  return error?.failureType === "subtestsFailed";
}

function count(files: Map<string, FileCount>, event: Outcome): void {
  const file = fileOf(event);
  const counted = files.get(file) ?? { passed: 0, failed: 0, skipped: 0, ms: 0 };
  files.set(file, counted);
  if (event.data.nesting === 0) counted.ms += event.data.details.duration_ms;
  const { skip, todo } = event.data;
  const isMarked = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
  if (isSuite(event) && (event.type === "test:pass" || isOnlyAParent(event))) return;
  if (isMarked) counted.skipped += 1;
  else if (event.type === "test:pass") counted.passed += 1;
  else counted.failed += 1;
}

function failure(event: Outcome): string {
  const { error } = event.data.details as { error?: Error & { cause?: unknown } };
  const told = inspect(error?.cause ?? error, { depth: 6, breakLength: 120 });
  return `\n  FAILED ${fileOf(event)}:${event.data.line ?? "?"} ${event.data.name}\n${told.replace(/^/gm, "    ")}\n\n`;
}

const skipped = (event: Outcome): string =>
  `  skipped ${fileOf(event)} ${event.data.name}: ${String(event.data.skip)}\n`;

function line(file: string, { passed, failed, skipped, ms }: FileCount): string {
  const counts = [`${passed} passed`, failed > 0 && `${failed} FAILED`, skipped > 0 && `${skipped} skipped`];
  return `  ${file}: ${counts.filter(Boolean).join(", ")} (${(ms / 1000).toFixed(1)} s)\n`;
}

function sum(files: Iterable<FileCount>): TestTotals {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of files) {
    totals.passed += passed;
    totals.failed += failed;
    totals.skipped += skipped;
  }
  return totals;
}
