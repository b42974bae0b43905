import type { BlockRule } from "./block-rule.ts";
import { normaliseRule } from "./normalise-rule.ts";
import { prepareRule } from "./prepared-rule.ts";
import { indexRules, type RuleIndex } from "./rule-index.ts";
import { type RuleProblem, validateRule } from "./validate-rule.ts";

/** Rules made ready for `decide`. */
export interface CompiledRules {
  /** Rules in force. */
  readonly size: number;
  /** Rules that were left out because they are not valid; the others stay in force. */
  readonly refused: readonly { readonly id: string; readonly problems: readonly RuleProblem[] }[];
  readonly index: RuleIndex;
}

/**
 * Compiles rules once, for many decisions. Order does not matter, except that of two rules with one id the later counts.
 * 10,000 rules take some tens of milliseconds.
 *
 * @example
 * const compiled = compileRules([{ id: "r1", name: "No miners", match: { name: { exact: "xmrig" } }, mode: "block" }]);
 * decide(compiled, { path: "/tmp/xmrig", isPlatformBinary: false }, now)?.outcome; // "block"
 */
export function compileRules(rules: readonly BlockRule[]): CompiledRules {
  const valid = new Map<string, BlockRule>();
  const refused: { id: string; problems: readonly RuleProblem[] }[] = [];
  for (const rule of rules) {
    const problems = problemsOf(rule);
    if (problems.length > 0) refused.push({ id: String(rule?.id), problems });
    else valid.set(rule.id, normaliseRule(rule));
  }
  return { size: valid.size, refused, index: indexRules([...valid.values()].map(prepareRule)) };
}

/** Rules come from a file or another process: one without the shape of a rule must not disarm the others. */
function problemsOf(rule: BlockRule): readonly RuleProblem[] {
  try {
    return validateRule(rule);
  } catch {
    return [{ field: "rule", message: "This does not have the shape of a rule." }];
  }
}
