export type { BlockRule, RuleMatch, RuleMessage, RuleMode, TextMatch } from "./block-rule.ts";
export { type CompiledRules, compileRules } from "./compile-rules.ts";
export { decide } from "./decide.ts";
export type { ExecIdentity } from "./exec-identity.ts";
export { normaliseRule } from "./normalise-rule.ts";
export { type RuleProblem, validateRule } from "./validate-rule.ts";
export { ALSO_MATCHED_LIMIT, type Verdict } from "./verdict.ts";
