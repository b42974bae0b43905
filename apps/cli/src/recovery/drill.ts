import { drillRecovery } from "@pomona/server";
import { filesOf } from "./bundle-files.ts";
import type { DrillOptions } from "./options.ts";

/** `pomona recovery drill`: 0 when all of it opened, 1 when anything did not. */
export async function drill(options: DrillOptions): Promise<void> {
  const { lines, code } = await drillRecovery(filesOf(options), options.database);
  console.log(lines.join("\n"));
  if (code === undefined) {
    console.log(
      "The drill FAILED. Make a new bundle (pomona recovery export), and keep this one until the new one passes.",
    );
    process.exitCode = 1;
    return;
  }
  console.log("The drill passed. Enter this code on the console's Escrow page, or run on the server");
  console.log(`  pomona recovery confirm --code ${code}`);
}
