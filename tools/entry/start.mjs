import { launch } from "./launch.mjs";

await launch("apps/cli/src/main.ts", ["start", ...process.argv.slice(2)], { first: "tools/build.ts" });
