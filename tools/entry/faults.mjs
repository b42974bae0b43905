import { launch } from "./launch.mjs";

await launch("tools/faults.ts", process.argv.slice(2));
