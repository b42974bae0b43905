import type { BlockRule, RuleMatch, TextMatch } from "./block-rule.ts";
import { nfc } from "./nfc.ts";

/** The rule in the spelling that is compared: CDHash in lower case, team ID in upper case, texts in NFC, outer blanks of ids gone. */
export function normaliseRule(rule: BlockRule): BlockRule {
  const { cdhash, signingId, teamId, path, name } = rule.match;
  const match: RuleMatch = {
    ...(cdhash !== undefined && { cdhash: cdhash.trim().toLowerCase() }),
    ...(signingId !== undefined && { signingId: signingId.trim() }),
    ...(teamId !== undefined && { teamId: teamId.trim().toUpperCase() }),
    ...(path !== undefined && { path: normaliseText(path) }),
    ...(name !== undefined && { name: normaliseText(name) }),
  };
  return { ...rule, match };
}

function normaliseText(text: TextMatch): TextMatch {
  if ("exact" in text) return { exact: nfc(text.exact) };
  if ("contains" in text) return { contains: nfc(text.contains) };
  return { pattern: nfc(text.pattern) };
}
