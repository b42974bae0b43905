import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { auditTokenKiller } from "./audit-token-killer.ts";
import { KillBudget } from "./kill-budget.ts";
import { guardProcesses } from "./process-guards.ts";
import { processStartTime, startTimeKiller } from "./start-time-killer.ts";

const onLinux = { skip: process.platform !== "linux" };
const NODE_26 = fileURLToPath(
  new URL(`../../../../node_modules/node26-linux-${process.arch}/bin/node`, import.meta.url),
);

test("on Linux a process is killed by pid and start time, and only while both are the same", onLinux, async () => {
  const killer = startTimeKiller(guardProcesses([]));
  const child = spawn("sleep", ["60"]);
  const pid = child.pid as number;
  const pidversion = processStartTime(pid) as number;
  assert.equal(killer.kill({ pid, pidversion: pidversion + 1 }, "SIGKILL").outcome, "identityChanged");
  assert.notEqual(processStartTime(pid), undefined);
  assert.deepEqual(killer.kill({ pid, pidversion }, "SIGKILL"), { outcome: "killed" });
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL");
  assert.equal(killer.kill({ pid, pidversion }, "SIGKILL").outcome, "notFound");
});

test("pid 0, pid 1, process groups, the agent, its parents and what it protects are refused before anything is sent", () => {
  const sent: number[] = [];
  const record = (words: Uint32Array) => {
    sent.push(words[5] as number);
    return 0;
  };
  const killer = auditTokenKiller(record, guardProcesses([4711]));
  for (const pid of [0, 1, -5, 4711, process.pid, process.ppid, Number.NaN])
    assert.equal(killer.kill({ pid, pidversion: 1 }, "SIGKILL").outcome, "refused");
  assert.deepEqual(sent, []);
});

test("on macOS the kernel gets the token's pid and pidversion, and its errno says what became of it", () => {
  let errno = 0;
  const calls: [number[], number][] = [];
  const killer = auditTokenKiller((words, signal) => {
    calls.push([[...words], signal]);
    return errno;
  }, guardProcesses([]));
  const token = { pid: 70_001, pidversion: 4_000_000_000 };
  assert.deepEqual(killer.kill({ ...token, words: [501, 501, 20, 501, 20, 70_001, 9, 4_000_000_000] }, "SIGKILL"), {
    outcome: "killed",
  });
  errno = constants.errno.ESRCH;
  assert.equal(killer.kill(token, "SIGSTOP").outcome, "notFound");
  errno = constants.errno.EPERM;
  assert.equal(killer.kill(token, "SIGKILL").outcome, "notPermitted");
  errno = constants.errno.EINVAL;
  assert.deepEqual(killer.kill(token, "SIGKILL"), { outcome: "failed", errno: constants.errno.EINVAL });
  assert.deepEqual(calls[0], [[501, 501, 20, 501, 20, 70_001, 9, 4_000_000_000], 9]);
  assert.deepEqual(calls[1], [[0, 0, 0, 0, 0, 70_001, 0, 4_000_000_000], constants.signals.SIGSTOP]);
});

test("a native function of the shape of proc_signal_with_audittoken is found and called on Node 26", {
  skip: process.platform !== "linux" || !existsSync(NODE_26),
}, () => {
  const file = new URL("./native-function.ts", import.meta.url).href;
  // sigaddset(set, number) has the same shape: it writes into the memory that is lent to it and answers 0.
  const script = `
    const { nativeFunction } = await import(${JSON.stringify(file)});
    const words = new Uint32Array(32);
    const answer = nativeFunction("libc.so.6", "sigaddset")(words, 10);
    const missing = nativeFunction("libc.so.6", "proc_signal_with_audittoken") ?? null;
    console.log(JSON.stringify({ answer, word: words[0], missing }));`;
  const output = execFileSync(NODE_26, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  assert.deepEqual(JSON.parse(output), { answer: 0, word: 2 ** 9, missing: null });
});

test("the kill budget grants so many kills in a window, then gives one notice, and recovers", () => {
  const budget = new KillBudget({ kills: 2, windowMs: 1000 });
  assert.deepEqual(budget.take(0), { granted: true, notice: false });
  assert.deepEqual(budget.take(10), { granted: true, notice: false });
  assert.deepEqual(budget.take(20), { granted: false, notice: true });
  assert.deepEqual(budget.take(999), { granted: false, notice: false });
  assert.deepEqual(budget.take(1001), { granted: true, notice: false });
  assert.deepEqual(budget.take(1002), { granted: false, notice: true });
});
