import type { RuleMatch } from "./block-rule.ts";

/**
 * How closely a rule names its target; the higher one decides between rules of the same outcome. The law of `decide`:
 * 1. `block` (as it comes out for this image) before `report`;
 * 2. CDHash, then signing ID with team ID, signing ID, team ID, path, name, each by the closest field the rule has;
 * 3. the smaller id, by UTF-16 code units.
 */
export function ruleRank(match: RuleMatch): number {
  if (match.cdhash !== undefined) return 6;
  if (match.signingId !== undefined) return match.teamId !== undefined ? 5 : 4;
  if (match.teamId !== undefined) return 3;
  return match.path !== undefined ? 2 : 1;
}
