import type { StepResult } from "./step.ts";

/** Prints what each step took and counted; answers whether all of them passed. The last line is for machines too. */
export function summarize(results: readonly StepResult[]): boolean {
  console.log("\n== summary");
  for (const { name, passed, failed, skipped, ms } of results) {
    const mark = failed > 0 ? "FAILED" : "ok";
    const counts = passed + failed + skipped > 1 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : "";
    console.log(`${mark.padEnd(7)} ${name.padEnd(22)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${counts}`.trimEnd());
  }
  const total = (key: "passed" | "failed" | "skipped"): number => results.reduce((sum, result) => sum + result[key], 0);
  if (total("skipped") > 0) console.log(`${total("skipped")} skipped: what each lacks is said above`);
  console.log(`${total("passed")} passed, ${total("failed")} failed`);
  return total("failed") === 0;
}
