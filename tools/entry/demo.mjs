import { launch } from "./launch.mjs";

await launch("apps/cli/src/main.ts", ["demo", ...process.argv.slice(2)], { first: "tools/build.ts" });
