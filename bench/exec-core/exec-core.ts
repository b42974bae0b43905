import { measureExec } from "./measure-exec.ts";

/** `node bench/exec-core/exec-core.ts [--short]`: progress on standard error, one JSON object as the last line. */
const figures = await measureExec({ short: process.argv.includes("--short") });
console.log(JSON.stringify(figures));
