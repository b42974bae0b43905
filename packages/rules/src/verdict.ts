import type { BlockRule, RuleMode } from "./block-rule.ts";

/** What the rules say of one executed image. */
export interface Verdict {
  /** The rule that decides. */
  readonly rule: BlockRule;
  /** `report` also where a `block` rule met a platform binary that it may not stop. */
  readonly outcome: RuleMode;
  /** Ids of the other rules that match, in order of precedence, at most `ALSO_MATCHED_LIMIT`. */
  readonly alsoMatched: readonly string[];
}

/** `alsoMatched` names at most this many rules. */
export const ALSO_MATCHED_LIMIT = 32;
