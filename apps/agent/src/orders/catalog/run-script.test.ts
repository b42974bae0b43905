import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { OrderRun } from "../order-outcome.ts";
import { runScript } from "./run-script.ts";

describe("run-script", () => {
  const folder = mkdtempSync(join(tmpdir(), "pomona-script-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const environment = { PATH: "/usr/bin:/bin", ONLY: "this" };
  const run = runScript({ scriptFolder: () => folder, environment, graceMs: 200 });
  const quiet: OrderRun = { orderId: "o", signal: new AbortController().signal, onOutput() {} };

  it("runs what has no #! line by /bin/sh, with arguments that no shell reads", async () => {
    const outcome = await run({ script: 'printf "%s|" "$@"', arguments: ["a b", "$(id)", "'"] }, quiet);
    assert.equal(outcome.output, "a b|$(id)|'|");
    assert.equal(outcome.state, "succeeded");
  });

  it("obeys a #! line and a named interpreter", async () => {
    assert.equal((await run({ script: "#!/bin/cat\nx" }, quiet)).output, "#!/bin/cat\nx");
    assert.equal((await run({ script: "hello", interpreter: "/bin/cat" }, quiet)).output, "hello");
  });

  it("has a minimal environment, no input, and leaves no file", async () => {
    const outcome = await run({ script: "cat; env" }, quiet);
    assert.match(outcome.output ?? "", /^ONLY=this$/m);
    assert.doesNotMatch(outcome.output ?? "", /HOME|NODE/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("says the exit code of a script that fails, and the signal of one that was ended", async () => {
    assert.equal((await run({ script: "exit 7" }, quiet)).exitCode, 7);
    const ended = await run({ script: "kill -9 $$" }, quiet);
    assert.equal(ended.exitCode, null);
    assert.match(ended.error ?? "", /SIGKILL/);
  });

  it("stops a whole group that ignores TERM when it takes too long, and keeps what it said", async () => {
    const pidFile = join(tmpdir(), `pomona-script-${process.pid}`);
    const script = `trap '' TERM; echo begun; sh -c 'trap "" TERM; echo $$ > ${pidFile}; while :; do sleep 0.1; done' & wait; wait`;
    const outcome = await run({ script, timeoutSeconds: 1 }, quiet);
    assert.equal(outcome.state, "failed");
    assert.match(outcome.error ?? "", /longer than 1 s/);
    assert.equal(outcome.output, "begun\n");
    const child = Number(readFileSync(pidFile, "utf8"));
    rmSync(pidFile);
    assert.ok(!existsSync(`/proc/${child}`) || /\) Z /.test(readFileSync(`/proc/${child}/stat`, "utf8")));
  });

  it("does not wait for a child in the background that keeps the streams open", async () => {
    const outcome = await run({ script: "sleep 30 & echo $!" }, quiet);
    assert.equal(outcome.state, "succeeded");
    process.kill(Number(outcome.output), "SIGKILL");
  });

  it("cuts endless output and goes on until the end", async () => {
    const outcome = await run({ script: "yes | head -c 1000000; echo end >&2", maxOutputBytes: 10 }, quiet);
    assert.equal(outcome.output, "y\n".repeat(5));
    assert.equal(outcome.outputTruncated, true);
    assert.equal(outcome.state, "succeeded");
  });

  it("fails with a word when the interpreter is not there", async () => {
    const outcome = await run({ script: "x", interpreter: "/nonexistent" }, quiet);
    assert.match(outcome.error ?? "", /ENOENT/);
    assert.equal(outcome.state, "failed");
  });

  it("ends with the agent", async () => {
    const life = new AbortController();
    const outcome = run({ script: "sleep 60" }, { ...quiet, signal: life.signal });
    life.abort();
    assert.match((await outcome).error ?? "", /agent was stopped/);
  });
});
