import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { compileGlob } from "./glob.ts";
import { type BlockRule, compileRules, decide, type ExecIdentity, normaliseRule, validateRule } from "./index.ts";

interface DecisionCase {
  readonly title: string;
  readonly exec: ExecIdentity;
  readonly now: number;
  readonly expect: { rule: string; outcome: string; alsoMatched: string[] } | null;
}

const folder = new URL("../../../fixtures/rules/", import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

for (const file of readdirSync(folder).filter((name) => name.startsWith("decisions-"))) {
  const { rules, cases } = read(file) as { rules: BlockRule[]; cases: DecisionCase[] };
  const compiled = compileRules(rules);
  test(`every rule of ${file} is in force`, () => {
    assert.deepEqual(compiled.refused, []);
    assert.equal(compiled.size, rules.length);
  });
  for (const { title, exec, now, expect } of cases)
    test(`${file}: ${title}`, () => {
      const verdict = decide(compiled, exec, now);
      const found = verdict && { rule: verdict.rule.id, outcome: verdict.outcome, alsoMatched: verdict.alsoMatched };
      assert.deepEqual(found ?? null, expect);
    });
}

for (const { pattern, text, matches } of read("patterns.json") as { pattern: string; text: string; matches: boolean }[])
  test(`the pattern ${pattern} ${matches ? "matches" : "does not match"} ${JSON.stringify(text)}`, () => {
    assert.equal(compileGlob(pattern).matches(text), matches);
  });

for (const { title, rule, fields } of read("invalid.json") as { title: string; rule: BlockRule; fields: string[] }[])
  test(`${title} is refused, before and after normalising, with a message and without harm to other rules`, () => {
    const problems = validateRule(rule);
    assert.deepEqual(
      problems.map((problem) => problem.field),
      fields,
    );
    for (const problem of problems) assert.match(problem.message, /\.$/);
    assert.deepEqual(
      validateRule(normaliseRule(rule)).map((problem) => problem.field),
      fields,
    );
    const good: BlockRule = { id: "good", name: "Good", match: { name: { exact: "a" } }, mode: "block" };
    const compiled = compileRules([rule, good]);
    assert.equal(compiled.size, 1);
    assert.deepEqual(compiled.refused, [{ id: rule.id, problems }]);
    assert.equal(decide(compiled, { path: "/a", isPlatformBinary: false }, 0)?.rule.id, "good");
  });
