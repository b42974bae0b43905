import { launch } from "./launch.mjs";

await launch("apps/cli/src/main.ts", process.argv.slice(2));
