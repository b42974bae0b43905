import type { DesiredMessage, WireRule } from "@pomona/agent-protocol";
import type { Rule } from "@pomona/contract";
import type { DeviceId, RuleId } from "@pomona/facts";
import type { BlockRule } from "@pomona/rules";

export type RuleScope = { readonly tenant: true } | { readonly deviceIds: readonly DeviceId[] };

/** A rule as it is stored; times in ms. */
export interface RuleRow {
  readonly id: RuleId;
  readonly name: string;
  readonly match: BlockRule["match"];
  readonly mode: BlockRule["mode"];
  readonly message: BlockRule["message"] | undefined;
  readonly expiresAt: number | undefined;
  readonly allowPlatformBinary: boolean;
  readonly scope: RuleScope;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Why it only reports although it should block. */
  readonly fallback: string | null;
}

/** The rule as a Mac gets it. One that fell back reports, whatever it was made for. */
export const toWireRule = (rule: RuleRow): WireRule => ({
  id: rule.id,
  name: rule.name,
  match: rule.match as WireRule["match"],
  mode: rule.fallback === null ? rule.mode : "report",
  ...(rule.message === undefined ? {} : { message: rule.message as NonNullable<WireRule["message"]> }),
  ...(rule.expiresAt === undefined ? {} : { expiresAt: rule.expiresAt }),
  ...(rule.allowPlatformBinary ? { allowPlatformBinary: true } : {}),
});

export const toRule = (rule: RuleRow, rollout: Rule["rollout"]): Rule => ({
  id: rule.id,
  name: rule.name,
  match: rule.match as Rule["match"],
  mode: rule.mode,
  ...(rule.message === undefined ? {} : { message: rule.message as NonNullable<Rule["message"]> }),
  ...(rule.expiresAt === undefined ? {} : { expiresAt: new Date(rule.expiresAt).toISOString() }),
  scope: "tenant" in rule.scope ? { tenant: true } : { deviceIds: [...rule.scope.deviceIds] },
  ...(rule.allowPlatformBinary ? { allowPlatformBinary: true } : {}),
  createdAt: new Date(rule.createdAt).toISOString(),
  createdBy: rule.createdBy,
  rollout,
  fallback: rule.fallback,
});

export type DesiredSettings = DesiredMessage["settings"];

/** A desired state is sent in parts that a Mac's parser and our message limit take. */
export const PART_RULES = 500;
export const PART_BYTES = 200_000;

export function partsOf(token: string, rules: readonly WireRule[], settings: DesiredSettings): DesiredMessage[] {
  const parts: WireRule[][] = [[]];
  let bytes = 0;
  for (const rule of rules) {
    // A character is at most three bytes here, and six where JSON escapes it; the exact count is taken once per rule.
    const size = new TextEncoder().encode(JSON.stringify(rule)).length + 1;
    const isFull = parts.at(-1)!.length >= PART_RULES || (bytes + size > PART_BYTES && parts.at(-1)!.length > 0);
    if (isFull) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(rule);
    bytes += size;
  }
  return parts.map((some, index) => ({ token, part: index + 1, parts: parts.length, rules: some, settings }));
}
