import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a fake eslogger does when it is asked to watch; each start takes the next step of a plan, the last one again and again. */
export type FakeEsloggerStep =
  /** Prints these lines as they are (no newline is added) and waits, or ends when `thenExit`. */
  | { readonly print: readonly string[]; readonly thenExit?: boolean }
  | { readonly refuse: "fullDiskAccess" }
  /** Prints what is appended to a file, as it is appended. */
  | { readonly follow: string };

/** Puts an executable named eslogger into a folder. It knows `exec fork exit` unless told otherwise and refuses unknown names. */
export function installFakeEslogger(
  folder: string,
  plan: readonly FakeEsloggerStep[],
  knows = ["exec", "fork", "exit"],
): void {
  const script = `#!${process.execPath}
const fs = require("node:fs");
const plan = ${JSON.stringify(plan)};
const knows = ${JSON.stringify(knows)};
const names = process.argv.slice(2).filter((word, at, all) => !word.startsWith("--") && all[at - 1] !== "--format");
const say = (text) => fs.writeSync(1, text);
if (process.argv.includes("--list-events")) { say(knows.join("\\n") + "\\n"); process.exit(0); }
for (const name of names) if (!knows.includes(name)) { fs.writeSync(2, "Not a valid event: " + name + "\\n"); process.exit(64); }
const count = ${JSON.stringify(join(folder, "starts"))};
let start = 0;
try { start = fs.readFileSync(count).length; } catch {}
fs.appendFileSync(count, ".");
const step = plan[Math.min(start, plan.length - 1)];
if (step.refuse) { fs.writeSync(2, "Failed to create client: ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED\\n"); process.exit(1); }
if (step.print) {
  for (const text of step.print) say(text);
  if (step.thenExit) process.exit(0);
}
if (step.follow) {
  let at = 0;
  const fd = fs.openSync(step.follow, "r");
  const buffer = Buffer.alloc(65536);
  setInterval(() => {
    for (let n = fs.readSync(fd, buffer, 0, buffer.length, at); n > 0; n = fs.readSync(fd, buffer, 0, buffer.length, at)) {
      at += n;
      fs.writeSync(1, buffer.subarray(0, n));
    }
  }, 2);
}
process.on("SIGTERM", () => process.exit(0));
const parent = process.ppid;
setInterval(() => { if (process.ppid !== parent) process.exit(0); }, 200);
`;
  const path = join(folder, "eslogger");
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}
