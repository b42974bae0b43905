import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob } from "./glob.ts";
import {
  ALSO_MATCHED_LIMIT,
  type BlockRule,
  compileRules,
  decide,
  type ExecIdentity,
  type TextMatch,
} from "./index.ts";

// Small alphabets, so that rules and images often meet.
const component = fc.string({ unit: fc.constantFrom("a", "b", "é", "e\u0301"), minLength: 1, maxLength: 3 });
const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
const globText = fc
  .array(fc.constantFrom("a", "b", "/", "?", "*", "**", "/**/", "a"), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(""));
const pattern = globText.filter((text) => /[ab]/.test(text));
const word = fc
  .string({ unit: fc.constantFrom("a", "b", "/", "é"), minLength: 1, maxLength: 4 })
  .filter((text) => !/^\/+$/.test(text));
const pathMatch: fc.Arbitrary<TextMatch> = fc.oneof(
  path.map((exact) => ({ exact })),
  word.map((contains) => ({ contains })),
  pattern.map((text) => ({ pattern: text })),
);
const nameMatch: fc.Arbitrary<TextMatch> = fc.oneof(
  component.map((exact) => ({ exact })),
  word.map((contains) => ({ contains })),
  pattern.map((text) => ({ pattern: text })),
);
const cdhash = fc.constantFrom("aB".repeat(20), "cd".repeat(20));
const signingId = fc.constantFrom("com.a", "com.b");
const teamId = fc.constantFrom("TEAM000001", "TEAM000002");

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;

const ruleArbitrary = fc
  .record({
    id: fc.integer({ min: 10, max: 35 }).map((n) => n.toString(36)),
    name: fc.constant("rule"),
    match: fc
      .record({
        cdhash: some(cdhash),
        signingId: some(signingId),
        teamId: some(teamId),
        path: some(pathMatch),
        name: some(nameMatch),
      })
      .map(withoutUndefined)
      .filter((match) => Object.keys(match).length > 0),
    mode: fc.constantFrom("report", "block"),
    expiresAt: some(fc.integer({ min: 1, max: 20 })),
    allowPlatformBinary: some(fc.boolean()),
  })
  .map((rule) => withoutUndefined(rule) as BlockRule);

const execArbitrary = fc
  .record({
    path,
    signingId: some(signingId),
    teamId: some(teamId),
    cdhash: some(cdhash),
    isPlatformBinary: fc.boolean(),
  })
  .map((exec) => withoutUndefined(exec) as ExecIdentity);

/** The law of the rules, written down as plainly as can be; every rule is tried on every image. */
function referenceDecision(rules: readonly BlockRule[], exec: ExecIdentity, now: number) {
  const path = exec.path.normalize("NFC");
  const name = path.split("/").at(-1) ?? "";
  const latest = [...new Map(rules.map((rule) => [rule.id, rule])).values()];
  const rankings = (rule: BlockRule) => {
    const { match } = rule;
    const fields = [
      match.cdhash,
      match.signingId && match.teamId,
      match.signingId,
      match.teamId,
      match.path,
      match.name,
    ];
    return fields.findIndex((field) => field !== undefined);
  };
  const hits = latest
    .filter((rule) => rule.expiresAt === undefined || now < rule.expiresAt)
    .filter(({ match }) => match.cdhash === undefined || match.cdhash.toLowerCase() === exec.cdhash?.toLowerCase())
    .filter(({ match }) => match.signingId === undefined || match.signingId === exec.signingId)
    .filter(({ match }) => match.teamId === undefined || match.teamId === exec.teamId)
    .filter(({ match }) => match.path === undefined || referenceText(match.path, path))
    .filter(({ match }) => match.name === undefined || referenceText(match.name, name))
    .map((rule) => ({ rule, outcome: exec.isPlatformBinary && !rule.allowPlatformBinary ? "report" : rule.mode }))
    .sort(
      (a, b) =>
        a.outcome.localeCompare(b.outcome) || rankings(a.rule) - rankings(b.rule) || a.rule.id.localeCompare(b.rule.id),
    );
  const first = hits[0];
  if (!first) return undefined;
  const alsoMatched = hits.slice(1, 1 + ALSO_MATCHED_LIMIT).map((hit) => hit.rule.id);
  return { id: first.rule.id, outcome: first.outcome, alsoMatched };
}

function referenceText(match: TextMatch, text: string): boolean {
  if ("exact" in match) return match.exact.normalize("NFC") === text;
  if ("contains" in match) return text.includes(match.contains.normalize("NFC"));
  return referencePattern(match.pattern.normalize("NFC")).test(text);
}

function referencePattern(glob: string): RegExp {
  const source = glob.replaceAll(/(^|(?<=\/))\*{2,}\/|\*{2,}|\*|\?|[^*?]/gu, (token) => {
    if (token.length > 2 && token.endsWith("/")) return "(?:.*/)?";
    if (token.length > 1 && token.startsWith("*")) return ".*";
    if (token === "*") return "[^/]*";
    return token === "?" ? "[^/]" : token.replaceAll(/[.[\](){}+^$|\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "su");
}

test("decide says what a plain reading of the law says, whatever the rules and the image", () => {
  fc.assert(
    fc.property(
      fc.array(ruleArbitrary, { maxLength: 40 }),
      execArbitrary,
      fc.integer({ min: 0, max: 21 }),
      (rules, exec, now) => {
        const compiled = compileRules(rules);
        assert.deepEqual(compiled.refused, []);
        const verdict = decide(compiled, exec, now);
        const found = verdict && { id: verdict.rule.id, outcome: verdict.outcome, alsoMatched: verdict.alsoMatched };
        assert.deepEqual(found, referenceDecision(rules, exec, now));
      },
    ),
    { numRuns: 2000 },
  );
});

test("the order in which rules are given does not matter", () => {
  const unique = fc.uniqueArray(ruleArbitrary, { selector: (rule) => rule.id, maxLength: 20 });
  fc.assert(
    fc.property(unique, execArbitrary, (rules, exec) => {
      const forward = decide(compileRules(rules), exec, 0);
      assert.deepEqual(decide(compileRules(rules.toReversed()), exec, 0), forward);
    }),
  );
});

test("a pattern matches what the regular expression of the same meaning matches", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 8 });
  fc.assert(
    fc.property(globText, text, (glob, candidate) => {
      assert.equal(compileGlob(glob).matches(candidate), referencePattern(glob).test(candidate));
    }),
    { numRuns: 5000 },
  );
});

test("a pattern made to explode a backtracking matcher is answered in bounded steps", () => {
  const { matches } = compileGlob(`/${"a*".repeat(100)}b`);
  assert.equal(matches(`/${"a".repeat(1000)}`), false);
  assert.equal(matches(`/${"a".repeat(1000)}b`), true);
  const deep = compileGlob(`/${"**a".repeat(60)}`);
  assert.equal(deep.matches(`/${"a/".repeat(500)}`), false);
});

test("ten thousand rules of every kind find exactly the rule that an image meets", () => {
  const rules: BlockRule[] = Array.from({ length: 10_000 }, (_, n) => {
    const kinds: BlockRule["match"][] = [
      { cdhash: n.toString(16).padStart(40, "0") },
      { signingId: `com.example.app${n}`, teamId: "EXAMPLE123" },
      { teamId: "EXAMPLE123", path: { contains: `/tool-${n}/` } },
      { path: { exact: `/opt/exact/${n}` } },
      { path: { pattern: `/Applications/App ${n}*.app/**` } },
      { name: { pattern: `*-worker-${n}-?` } },
    ];
    return { id: `rule-${n}`, name: "rule", match: kinds[n % kinds.length] ?? {}, mode: "block" };
  });
  const compiled = compileRules(rules.slice(1));
  const found = (exec: Partial<ExecIdentity>) => {
    const verdict = decide(compiled, { path: "/x", isPlatformBinary: false, ...exec }, 0);
    return verdict && [verdict.rule.id, ...verdict.alsoMatched];
  };
  assert.equal(compiled.size, 9999);
  assert.deepEqual(found({ cdhash: (6000).toString(16).padStart(40, "0") }), ["rule-6000"]);
  assert.deepEqual(found({ signingId: "com.example.app6001", teamId: "EXAMPLE123" }), ["rule-6001"]);
  assert.equal(found({ signingId: "com.example.app6001", teamId: "OTHERTEAM1" }), undefined);
  assert.deepEqual(found({ teamId: "EXAMPLE123", path: "/a/tool-6002/b" }), ["rule-6002"]);
  assert.deepEqual(found({ path: "/opt/exact/6003" }), ["rule-6003"]);
  assert.deepEqual(found({ path: "/Applications/App 6004 Pro.app/Contents/MacOS/App" }), ["rule-6004"]);
  assert.deepEqual(found({ path: "/tmp/my-worker-6005-7" }), ["rule-6005"]);
  assert.equal(found({ path: "/tmp/my-worker-6005-77" }), undefined);
});

test("what does not have the shape of a rule is left out and does not disarm the others", () => {
  const shapeless = [
    null,
    7,
    {},
    { id: "x", name: "x", mode: "block", match: { name: "text" } },
  ] as unknown as BlockRule[];
  const good: BlockRule = { id: "good", name: "Good", match: { name: { exact: "a" } }, mode: "block" };
  const compiled = compileRules([...shapeless, good]);
  assert.equal(compiled.refused.length, 4);
  assert.equal(decide(compiled, { path: "/a", isPlatformBinary: false }, 0)?.rule.id, "good");
});
