/**
 * Builds what does not run from source: the console (always), and what ships as a bundle (`--ship`).
 * Run without arguments by the demo and by `npm start`; does nothing when the console's sources have not changed.
 */
import { ensureConsoleBuilt } from "./build/console.ts";
import { bundleWhatShips } from "./build/ship.ts";
import { root } from "./root.ts";

/** The console's files in apps/console/dist are of today's sources when this resolves. */
export const ensureBuilt = (): Promise<boolean> => ensureConsoleBuilt(root);

if (import.meta.main) {
  await ensureBuilt();
  if (process.argv.includes("--ship")) await bundleWhatShips(root);
}
