/**
 * Builds what does not run from source: the console and the agent (always), and all that ships as a bundle (`--ship`).
 * Run without arguments by the demo and by `npm start`; leaves the console alone when its sources have not changed.
 */
import { ensureConsoleBuilt } from "./build/console.ts";
import { bundleWhatShips } from "./build/ship.ts";
import { root } from "./root.ts";

/** The console's files in apps/console/dist, and the agent that Macs install, are of today's sources when this resolves. */
export async function ensureBuilt(): Promise<void> {
  await ensureConsoleBuilt(root);
  await bundleWhatShips(root, ["pomona-agent.mjs"]);
}

if (import.meta.main) {
  await ensureBuilt();
  if (process.argv.includes("--ship")) await bundleWhatShips(root);
}
