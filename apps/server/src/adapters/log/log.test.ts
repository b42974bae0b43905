import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const LOG = fileURLToPath(new URL("log.ts", import.meta.url));
const PROGRAM = `
  const { pinoLog } = await import(${JSON.stringify(LOG)});
  const log = pinoLog("info");
  for (let n = 0; n < 3; n += 1) {
    log.info("server.started", { n });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  console.log("went on");
`;
const run = (stderr: "pipe" | number) =>
  spawnSync(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    stdio: ["ignore", "pipe", stderr],
    encoding: "utf8",
    timeout: 60_000,
  });

test("each line of the log is a JSON object on standard error, in order", () => {
  const { stdout, stderr } = run("pipe");
  const lines = stderr.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { n: number }).n),
    [0, 1, 2],
  );
  assert.equal(stdout, "went on\n");
});

test("a log on a full disk loses lines, and neither ends the server nor keeps it from ending", {
  skip: existsSync("/dev/full") ? false : "needs /dev/full",
}, () => {
  const { status, stdout } = run(openSync("/dev/full", "w"));
  assert.deepEqual([status, stdout], [0, "went on\n"]);
});
