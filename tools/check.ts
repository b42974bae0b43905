/**
 * `npm test` and `npm run check`: every check of the repository in order, all of them even when one fails.
 *   npm test                        everything
 *   npm test -- packages/plist      only the tests whose path contains one of the words
 *   npm test -- --only types,tests  only the named steps
 * The last line is `N passed, N failed`, counting tests and steps.
 */
import { parseArgs } from "node:util";
import { summarize } from "./check/report.ts";
import type { StepResult } from "./check/step.ts";
import { STEPS } from "./check/steps.ts";
import { runTests } from "./check/tests.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" } } });
const only = values.only?.split(",") ?? (positionals.length > 0 ? ["tests"] : undefined);
const names = [...STEPS.before.map((step) => step.name), "tests", ...STEPS.after.map((step) => step.name)];
const unknown = only?.filter((name) => !names.includes(name)) ?? [];
if (unknown.length > 0) {
  console.error(`no step is called ${unknown.join(", ")}; the steps are ${names.join(", ")}`);
  process.exit(2);
}
const isWanted = (name: string): boolean => only?.includes(name) ?? true;

const results: StepResult[] = [];
for (const step of STEPS.before) if (isWanted(step.name)) results.push(await step.run());
if (isWanted("tests")) results.push(...(await runTests(positionals)));
for (const step of STEPS.after) if (isWanted(step.name)) results.push(await step.run());

process.exitCode = summarize(results) ? 0 : 1;
