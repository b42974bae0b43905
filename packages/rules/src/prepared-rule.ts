import type { BlockRule, TextMatch } from "./block-rule.ts";
import { compileGlob } from "./glob.ts";
import { ruleRank } from "./rule-rank.ts";

/** A rule with all that a comparison needs, made once. */
export interface PreparedRule {
  readonly rule: BlockRule;
  readonly rank: number;
  readonly cdhash: string | undefined;
  readonly signingId: string | undefined;
  readonly teamId: string | undefined;
  readonly path: TextTest | undefined;
  readonly name: TextTest | undefined;
  readonly expiresAt: number;
}

/** A text to test, with the exact text or the literal runs by which the rule can be found. */
interface TextTest {
  readonly test: (text: string) => boolean;
  readonly exact: string | undefined;
  readonly literals: readonly string[];
}

/** An image in the spelling of normalised rules. */
export interface PreparedExec {
  readonly cdhash: string | undefined;
  readonly signingId: string | undefined;
  readonly teamId: string | undefined;
  readonly path: string;
  readonly name: string;
}

/** Prepares a rule that is normalised and valid. */
export function prepareRule(rule: BlockRule): PreparedRule {
  const { cdhash, signingId, teamId, path, name } = rule.match;
  return {
    rule,
    rank: ruleRank(rule.match),
    cdhash,
    signingId,
    teamId,
    path: path && textTest(path),
    name: name && textTest(name),
    expiresAt: rule.expiresAt ?? Number.POSITIVE_INFINITY,
  };
}

/** Whether every field that the rule gives matches, and it has not expired. */
export function ruleMatches(rule: PreparedRule, exec: PreparedExec, now: number): boolean {
  return (
    rule.expiresAt > now &&
    (rule.cdhash === undefined || rule.cdhash === exec.cdhash) &&
    (rule.signingId === undefined || rule.signingId === exec.signingId) &&
    (rule.teamId === undefined || rule.teamId === exec.teamId) &&
    (rule.name === undefined || rule.name.test(exec.name)) &&
    (rule.path === undefined || rule.path.test(exec.path))
  );
}

function textTest(match: TextMatch): TextTest {
  if ("exact" in match) {
    const { exact } = match;
    return { test: (text) => text === exact, exact, literals: [] };
  }
  if ("contains" in match) {
    const { contains } = match;
    return { test: (text) => text.includes(contains), exact: undefined, literals: [contains] };
  }
  const glob = compileGlob(match.pattern);
  return { test: glob.matches, exact: undefined, literals: glob.literals };
}
