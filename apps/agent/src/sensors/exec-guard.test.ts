import assert from "node:assert/strict";
import { test } from "node:test";
import { type BlockRule, compileRules } from "@pomona/rules";
import { KillBudget } from "../kill/kill-budget.ts";
import type { Killer, KillResult } from "../kill/killer.ts";
import type { ProcessToken } from "../kill/process-token.ts";
import { parseEsloggerLine } from "./eslogger-parser.ts";
import { ExecGuard } from "./exec-guard.ts";
import type { Hit } from "./hit.ts";
import { execLine, forkLine, type LineProcess } from "./simulation/event-lines.ts";

const rule: BlockRule = { id: "miner", name: "Miner", match: { name: { exact: "miner" } }, mode: "block" };

function guarded(rules: readonly BlockRule[], budget = new KillBudget(), answer: KillResult = { outcome: "killed" }) {
  const sent: string[] = [];
  const hits: Hit[] = [];
  const notices: string[] = [];
  const killer: Killer = {
    means: "audittoken",
    kill: (token, signal) => {
      sent.push(`${signal} ${token.pid}.${token.pidversion}`);
      return answer;
    },
  };
  const guard = new ExecGuard({
    killer,
    budget,
    now: () => 2000,
    onHit: (hit) => hits.push(hit),
    onBudgetSpent: (ruleId) => notices.push(ruleId),
  });
  guard.setRules(compileRules(rules));
  const feed = (text: string) => {
    const event = parseEsloggerLine(Buffer.from(text));
    assert.ok(event);
    guard.handle(event, 1000);
  };
  return { sent, hits, notices, feed };
}

const at = (pid: number, pidversion: number, path = "/opt/miner"): LineProcess => ({
  token: { pid, pidversion },
  path,
});
const before = (pid: number, pidversion: number): ProcessToken => ({ pid, pidversion });

test("a blocked image is killed in the turn in which its event is read, by the token after the exec", () => {
  const { sent, hits, feed } = guarded([rule]);
  feed(execLine(at(100, 8), before(100, 7)));
  assert.deepEqual(sent, ["SIGKILL 100.8"]);
  assert.equal(hits[0]?.action, "killed");
  assert.deepEqual(hits[0]?.times.receivedAt, 1000);
  assert.equal(hits[0]?.times.killedAt, 2000);
});

test("a rule that reports, and a platform binary, are told of and left alone", () => {
  const { sent, hits, feed } = guarded([
    rule,
    { ...rule, id: "spy", match: { name: { exact: "spy" } }, mode: "report" },
  ]);
  feed(execLine(at(100, 8, "/opt/spy")));
  feed(execLine({ ...at(101, 9), isPlatformBinary: true }));
  feed(execLine(at(102, 9, "/opt/other")));
  assert.deepEqual(sent, []);
  assert.deepEqual(
    hits.map((hit) => [hit.rule.id, hit.action]),
    [
      ["spy", "reported"],
      ["miner", "reported"],
    ],
  );
});

test("an exec that raced the kill is decided again under its new identity", () => {
  const { sent, hits, feed } = guarded([rule], new KillBudget(), { outcome: "notFound", errno: 3 });
  feed(execLine(at(100, 8), before(100, 7)));
  feed(execLine(at(100, 9, "/tmp/miner"), before(100, 8)));
  assert.deepEqual(sent, ["SIGKILL 100.8", "SIGKILL 100.9"]);
  assert.deepEqual(
    hits.map((hit) => hit.action),
    ["killFailed", "killFailed"],
  );
});

test("forks that the blocked image made are stopped first and then killed, also where their event comes after the kill", () => {
  const { sent, hits, feed } = guarded([rule]);
  // The events of forks can be ahead of the exec's decision only when a later exec of the parent is the one that is blocked.
  feed(execLine(at(100, 8, "/opt/miner-setup"), before(100, 7)));
  feed(forkLine(at(100, 8, "/opt/miner"), { pid: 101, pidversion: 20 }));
  feed(forkLine(at(101, 20, "/opt/miner"), { pid: 102, pidversion: 21 }));
  feed(forkLine(at(100, 8, "/opt/other"), { pid: 103, pidversion: 22 }));
  feed(execLine(at(100, 8), before(100, 8)));
  assert.deepEqual(sent, ["SIGKILL 100.8", "SIGSTOP 101.20", "SIGSTOP 102.21", "SIGKILL 101.20", "SIGKILL 102.21"]);
  assert.equal(hits[0]?.swept.length, 2);
  feed(forkLine(at(100, 8), { pid: 104, pidversion: 30 }));
  feed(forkLine(at(104, 30), { pid: 105, pidversion: 31 }));
  assert.deepEqual(sent.slice(5), ["SIGKILL 104.30", "SIGKILL 105.31"]);
  assert.equal(hits[1]?.lateSweep, true);
});

test("a spent kill budget turns blocks into reports with one notice", () => {
  const { sent, hits, notices, feed } = guarded([rule], new KillBudget({ kills: 2, windowMs: 60_000 }));
  for (let pid = 100; pid < 105; pid++) feed(execLine(at(pid, 8)));
  assert.equal(sent.length, 2);
  assert.deepEqual(
    hits.map((hit) => hit.action),
    ["killed", "killed", "budgetSpent", "budgetSpent", "budgetSpent"],
  );
  assert.deepEqual(notices, ["miner"]);
});

test("a hit names what its parent runs, where events told of it, and launchd", () => {
  const { hits, feed } = guarded([rule]);
  feed(execLine(at(40, 2, "/bin/zsh"), before(40, 1)));
  feed(execLine({ ...at(41, 2), parent: before(40, 2) }, before(41, 1)));
  feed(execLine({ ...at(42, 2), parent: before(39, 2) }, before(42, 1)));
  feed(execLine({ ...at(43, 2), parent: before(1, 2) }, before(43, 1)));
  assert.deepEqual(
    hits.map(({ parentPath }) => parentPath),
    ["/bin/zsh", undefined, "/sbin/launchd"],
  );
});
