import { measureCheckIn } from "./check-in/check-in.ts";
import { measureConnect } from "./connect/connect.ts";
import { measureExecToIncident } from "./exec/exec.ts";
import { progress } from "./figures/progress.ts";
import { measureOrder } from "./order/order.ts";
import { measureScale } from "./scale/scale.ts";
import { measureStorm } from "./storm/storm.ts";

type Benchmark = (options: { readonly short: boolean; readonly only?: string }) => Promise<object>;

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  "check-in": measureCheckIn,
  connect: measureConnect,
  exec: measureExecToIncident,
  order: measureOrder,
  scale: measureScale,
  storm: measureStorm,
};

/**
 * `npm run bench -- NAME [--short]`: progress on standard error, one JSON object as the last line of standard output.
 * `--only=PART` measures one part where a benchmark has several.
 */
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const benchmark = BENCHMARKS[names[0] ?? ""];
if (benchmark === undefined || names.length !== 1) {
  process.stderr.write(
    `Usage: npm run bench -- NAME [--short], where NAME is ${Object.keys(BENCHMARKS).join(", ")}.\n`,
  );
  process.exitCode = 1;
} else {
  const short = process.argv.includes("--short");
  const only = process.argv.find((word) => word.startsWith("--only="))?.slice("--only=".length);
  const figures = await benchmark({ short, ...(only === undefined ? {} : { only }) });
  progress("done");
  process.stdout.write(`${JSON.stringify({ benchmark: names[0], short, ...figures })}\n`);
  // The launcher's channel would keep this process alive.
  process.exit();
}
