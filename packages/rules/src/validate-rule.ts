import type { BlockRule, RuleMatch, TextMatch } from "./block-rule.ts";
import { compileGlob } from "./glob.ts";

/** One thing that is wrong with a rule: where, and in words for its author. */
export interface RuleProblem {
  /** Dotted, like `match.cdhash`. */
  readonly field: string;
  readonly message: string;
}

/** Characters that a rule's texts may have: PATH_MAX for whole texts, less where each character is a state to keep. */
const LIMITS = { id: 128, name: 256, signingId: 512, exact: 1024, contains: 256, pattern: 256, text: 2000, url: 2048 };

const CDHASH = /^[0-9a-fA-F]{40}$/;
const TEAM_ID = /^[0-9a-zA-Z]{10}$/;
const SANTA_PREFIX = /^(?:platform|[0-9A-Z]{10}):/;

/** What is wrong with a rule; an empty list when it is good. Takes rules before and after `normaliseRule`. */
export function validateRule(rule: BlockRule): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const report = (field: string, message: string) => problems.push({ field, message });
  if (!isText(rule.id, LIMITS.id)) report("id", `The id needs 1 to ${LIMITS.id} characters.`);
  if (!isText(rule.name, LIMITS.name)) report("name", `The name needs 1 to ${LIMITS.name} characters.`);
  if (rule.mode !== "block" && rule.mode !== "report") report("mode", "The mode is either report or block.");
  if (rule.expiresAt !== undefined && !(Number.isSafeInteger(rule.expiresAt) && rule.expiresAt > 0))
    report("expiresAt", "The expiry is a time in epoch milliseconds.");
  checkMatch(rule.match, report);
  checkMessage(rule, report);
  return problems;
}

type Report = (field: string, message: string) => void;

function checkMatch(match: RuleMatch, report: Report): void {
  const { cdhash, signingId, teamId, path, name } = match;
  if ([cdhash, signingId, teamId, path, name].every((field) => field === undefined))
    report(
      "match",
      "A rule needs at least one of CDHash, signing ID, team ID, path and name, or it would match everything.",
    );
  if (cdhash !== undefined) {
    if (!CDHASH.test(cdhash.trim())) report("match.cdhash", "A CDHash is 40 hex digits, as codesign -dvvv prints it.");
    else if (/^0+$/.test(cdhash.trim())) report("match.cdhash", "A CDHash of zeros stands for all unsigned code.");
  }
  if (signingId !== undefined) checkSigningId(signingId.trim(), report);
  if (teamId !== undefined) {
    if (teamId.trim().toLowerCase() === "platform")
      report(
        "match.teamId",
        "Apple's own binaries have no team ID. Name them by signing ID and allow platform binaries.",
      );
    else if (!TEAM_ID.test(teamId.trim()))
      report("match.teamId", "A team ID is 10 letters and digits, like EQHXZ8M8AV.");
  }
  if (path !== undefined) checkText("match.path", path, report);
  if (name !== undefined) checkText("match.name", name, report);
  if (name !== undefined && "exact" in name && name.exact.includes("/"))
    report("match.name", "The name is the last component of the path. Use path for a text with slashes.");
}

function checkSigningId(signingId: string, report: Report): void {
  if (!isText(signingId, LIMITS.signingId))
    report("match.signingId", `The signing ID needs 1 to ${LIMITS.signingId} characters.`);
  else if (SANTA_PREFIX.test(signingId))
    report("match.signingId", "Give what stands before the colon as the team ID, and only the rest as the signing ID.");
}

function checkText(field: string, match: TextMatch, report: Report): void {
  const kind = "exact" in match ? "exact" : "contains" in match ? "contains" : "pattern";
  const text = "exact" in match ? match.exact : "contains" in match ? match.contains : match.pattern;
  if (!isText(text, LIMITS[kind])) report(field, `A text to compare needs 1 to ${LIMITS[kind]} characters and no NUL.`);
  else if (kind === "exact" && field === "match.path" && !text.startsWith("/"))
    report(field, "The path of an executable begins with a slash.");
  else if (kind === "contains" && /^\/+$/.test(text)) report(field, "This text is in every path.");
  else if (kind === "pattern" && compileGlob(text).literals.every((run) => /^\/*$/.test(run)))
    report(field, "A pattern needs a character besides ?, * and /, or it would match almost everything.");
}

function checkMessage(rule: BlockRule, report: Report): void {
  const { message } = rule;
  if (message === undefined) return;
  if (!isText(message.text, LIMITS.text)) report("message.text", `The message needs 1 to ${LIMITS.text} characters.`);
  if (message.title !== undefined && !isText(message.title, LIMITS.name))
    report("message.title", `The title needs 1 to ${LIMITS.name} characters.`);
  if (message.button !== undefined && !isText(message.button, LIMITS.name))
    report("message.button", `The button needs 1 to ${LIMITS.name} characters.`);
  if (message.url !== undefined && !(isText(message.url, LIMITS.url) && /^https:\/\/[^\s/]+/.test(message.url)))
    report("message.url", "The link of the button begins with https://.");
}

function isText(text: string, limit: number): boolean {
  return typeof text === "string" && text.length > 0 && text.length <= limit && !text.includes("\0");
}
