import type { Payload, PayloadIdentity } from "./profile.ts";

/** Which background items are meant; the first that matches decides. */
export type BackgroundItemRule =
  | { readonly label: string }
  | { readonly labelPrefix: string }
  | { readonly bundleId: string }
  | { readonly teamId: string };

/**
 * Managed login items (macOS 13 and later): these background items start without asking, and a user cannot switch them
 * off in System Settings.
 */
export function serviceManagementPayload(
  identity: PayloadIdentity,
  rules: readonly (BackgroundItemRule & { readonly comment?: string })[],
): Payload {
  return {
    ...identity,
    type: "com.apple.servicemanagement",
    content: {
      Rules: rules.map((rule) => ({
        ...ruleKeys(rule),
        ...(rule.comment === undefined ? {} : { Comment: rule.comment }),
      })),
    },
  };
}

function ruleKeys(rule: BackgroundItemRule): { readonly RuleType: string; readonly RuleValue: string } {
  if ("label" in rule) return { RuleType: "Label", RuleValue: rule.label };
  if ("labelPrefix" in rule) return { RuleType: "LabelPrefix", RuleValue: rule.labelPrefix };
  if ("bundleId" in rule) return { RuleType: "BundleIdentifier", RuleValue: rule.bundleId };
  return { RuleType: "TeamIdentifier", RuleValue: rule.teamId };
}
