import type { RuleMode } from "./block-rule.ts";
import type { CompiledRules } from "./compile-rules.ts";
import type { ExecIdentity } from "./exec-identity.ts";
import { nfc } from "./nfc.ts";
import { type PreparedExec, type PreparedRule, ruleMatches } from "./prepared-rule.ts";
import { ALSO_MATCHED_LIMIT, type Verdict } from "./verdict.ts";

/**
 * What the rules say of an image, or undefined when none matches. Precedence: see `ruleRank`. Takes microseconds, also with
 * 10,000 rules. The rule in the verdict is in its normalised spelling.
 * @param now epoch milliseconds, for rules that expire
 */
export function decide(compiled: CompiledRules, exec: ExecIdentity, now: number): Verdict | undefined {
  const prepared = prepareExec(exec);
  let matched: PreparedRule[] | undefined;
  compiled.index.candidates(prepared, (rule) => {
    if (!ruleMatches(rule, prepared, now)) return;
    if (matched) matched.push(rule);
    else matched = [rule];
  });
  const hits: readonly PreparedRule[] | undefined = matched;
  if (hits === undefined) return undefined;
  const ordered = hits.length === 1 ? hits : hits.toSorted((a, b) => compare(a, b, exec.isPlatformBinary));
  const [first, ...others] = ordered as [PreparedRule, ...PreparedRule[]];
  return {
    rule: first.rule,
    outcome: outcomeOf(first, exec.isPlatformBinary),
    alsoMatched: others.slice(0, ALSO_MATCHED_LIMIT).map((hit) => hit.rule.id),
  };
}

function prepareExec(exec: ExecIdentity): PreparedExec {
  const path = nfc(exec.path);
  return {
    cdhash: exec.cdhash?.toLowerCase(),
    signingId: exec.signingId,
    teamId: exec.teamId,
    path,
    name: path.slice(path.lastIndexOf("/") + 1),
  };
}

function outcomeOf({ rule }: PreparedRule, isPlatformBinary: boolean): RuleMode {
  return isPlatformBinary && rule.allowPlatformBinary !== true ? "report" : rule.mode;
}

function compare(a: PreparedRule, b: PreparedRule, isPlatformBinary: boolean): number {
  const outcome = outcomeOf(a, isPlatformBinary);
  if (outcome !== outcomeOf(b, isPlatformBinary)) return outcome === "block" ? -1 : 1;
  return b.rank - a.rank || (a.rule.id < b.rule.id ? -1 : 1);
}
