export type { BlockRule, RuleMatch, RuleMessage, RuleMode, TextMatch } from "./block-rule.ts";
export type { ExecIdentity } from "./exec-identity.ts";
export { ALSO_MATCHED_LIMIT, type Verdict } from "./verdict.ts";
