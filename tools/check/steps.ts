import path from "node:path";
import { bundleWhatShips } from "../build/ship.ts";
import { ensureBuilt } from "../build.ts";
import { root } from "../root.ts";
import { runCommand } from "./command.ts";
import { commandStep, type Step, step } from "./step.ts";

const bin = (file: string): string => path.join(root, "node_modules", file);
const BIOME = bin("@biomejs/biome/bin/biome");
const OXLINT = bin("oxlint/bin/oxlint");
const TSC = bin("typescript/bin/tsc");

/** The steps before and after the tests, in the order in which they run. */
export const STEPS: { readonly before: readonly Step[]; readonly after: readonly Step[] } = {
  before: [
    commandStep("format", [BIOME, "ci", "--colors=off"]),
    commandStep("lint", [OXLINT, "--type-aware", "--deny-warnings"]),
    commandStep(
      "types",
      [TSC, "-p", "tsconfig.json"],
      [TSC, "-p", "tsconfig.pure.json"],
      [TSC, "-p", "tsconfig.console.json"],
    ),
    commandStep("architecture", ["tools/architecture.ts"]),
    commandStep("generated", ["tools/generate.ts", "--check"]),
    // Before the tests: the browser suite opens the built console, and virtual Macs install the built agent.
    step("build", async () => {
      await ensureBuilt();
      const written = await bundleWhatShips(root);
      console.log(written.length === 0 ? "nothing ships yet" : `built ${written.join(", ")}`);
      return true;
    }),
    step("smoke", async () => (await runCommand(["tools/smoke.ts"])) === 0),
  ],
  after: [],
};
