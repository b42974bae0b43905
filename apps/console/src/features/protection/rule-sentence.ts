import type { createRule, InputOf } from "@pomona/contract";

type RuleInput = InputOf<typeof createRule>;
type Match = RuleInput["match"];
type TextMatch = NonNullable<Match["path"]>;

const matched = (what: string, match: TextMatch): string =>
  "exact" in match
    ? `whose ${what} is ${match.exact}`
    : "contains" in match
      ? `whose ${what} contains ${match.contains}`
      : `whose ${what} fits ${match.pattern}`;

/** The conditions as words, all of which must hold; empty when there is none. */
export const matchWords = (match: Match): readonly string[] => [
  ...(match.name ? [matched("name", match.name)] : []),
  ...(match.path ? [matched("path", match.path)] : []),
  ...(match.teamId ? [`signed by team ${match.teamId}`] : []),
  ...(match.signingId ? [`with signing ID ${match.signingId}`] : []),
  ...(match.cdhash ? [`with code hash ${match.cdhash.slice(0, 12)}…`] : []),
];

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

/** The rule in one sentence, as an administrator would say it. */
export const ruleSentence = (
  rule: Pick<RuleInput, "match" | "mode" | "scope" | "expiresAt" | "allowPlatformBinary">,
): string => {
  const words = matchWords(rule.match);
  if (words.length === 0) return "Name at least one thing that the process must match.";
  const verb = rule.mode === "block" ? "Kill" : "Report";
  const where =
    "tenant" in rule.scope
      ? "on all Macs"
      : rule.scope.deviceIds.length === 1
        ? "on one Mac"
        : `on ${rule.scope.deviceIds.length} chosen Macs`;
  const until = rule.expiresAt === undefined ? "" : ` until ${rule.expiresAt.slice(0, 10)}`;
  const system = rule.allowPlatformBinary ? ", even if it is part of macOS" : "";
  return `${verb} every process ${listed(words)} ${where}${until}${system}.`;
};
