import type { createRule, Incident, InputOf, Rule } from "@pomona/contract";

/** How a text must agree, as the form offers it. */
export type How = "exact" | "contains" | "pattern";

/** A rule while it is written: everything as text, so that what is half typed can be kept. */
export interface RuleDraft {
  readonly name: string;
  readonly processName: string;
  readonly processNameHow: How;
  readonly path: string;
  readonly pathHow: How;
  readonly teamId: string;
  readonly signingId: string;
  readonly cdhash: string;
  readonly mode: "report" | "block";
  readonly messageTitle: string;
  readonly messageText: string;
  readonly messageButton: string;
  readonly messageUrl: string;
  /** `2026-12-31`, or empty: for ever. */
  readonly expiresOn: string;
  readonly wholeTenant: boolean;
  readonly deviceIds: readonly string[];
  readonly allowPlatformBinary: boolean;
}

export const EMPTY_DRAFT: RuleDraft = {
  name: "",
  processName: "",
  processNameHow: "exact",
  path: "",
  pathHow: "exact",
  teamId: "",
  signingId: "",
  cdhash: "",
  mode: "report",
  messageTitle: "",
  messageText: "",
  messageButton: "",
  messageUrl: "",
  expiresOn: "",
  wholeTenant: true,
  deviceIds: [],
  allowPlatformBinary: false,
};

type TextMatch = { exact: string } | { contains: string } | { pattern: string };
const textOf = (match: TextMatch | undefined): { text: string; how: How } =>
  match === undefined
    ? { text: "", how: "exact" }
    : "exact" in match
      ? { text: match.exact, how: "exact" }
      : "contains" in match
        ? { text: match.contains, how: "contains" }
        : { text: match.pattern, how: "pattern" };
const matchOf = (how: How, text: string): TextMatch =>
  how === "exact" ? { exact: text } : how === "contains" ? { contains: text } : { pattern: text };

/** The form of a rule that exists. */
export const draftOfRule = (rule: Rule): RuleDraft => {
  const name = textOf(rule.match.name);
  const path = textOf(rule.match.path);
  return {
    name: rule.name,
    processName: name.text,
    processNameHow: name.how,
    path: path.text,
    pathHow: path.how,
    teamId: rule.match.teamId ?? "",
    signingId: rule.match.signingId ?? "",
    cdhash: rule.match.cdhash ?? "",
    mode: rule.mode,
    messageTitle: rule.message?.title ?? "",
    messageText: rule.message?.text ?? "",
    messageButton: rule.message?.button ?? "",
    messageUrl: rule.message?.url ?? "",
    expiresOn: rule.expiresAt?.slice(0, 10) ?? "",
    wholeTenant: "tenant" in rule.scope,
    deviceIds: "tenant" in rule.scope ? [] : rule.scope.deviceIds,
    allowPlatformBinary: rule.allowPlatformBinary ?? false,
  };
};

/** A first draft from what was seen: by signature where there is one, because a path is easily changed. */
export const draftOfIncident = (incident: Incident): RuleDraft => {
  const { process } = incident;
  const name = process.path.split("/").at(-1) ?? process.path;
  const signed = process.teamId !== null && process.signingId !== null;
  return {
    ...EMPTY_DRAFT,
    name: `Block ${name}`,
    mode: "block",
    ...(signed ? { teamId: process.teamId ?? "", signingId: process.signingId ?? "" } : { path: process.path }),
  };
};

/** What the server is asked, from a draft. */
export const ruleOfDraft = (draft: RuleDraft): InputOf<typeof createRule> => ({
  name: draft.name.trim(),
  match: {
    ...(draft.cdhash.trim() === "" ? {} : { cdhash: draft.cdhash.trim() }),
    ...(draft.signingId.trim() === "" ? {} : { signingId: draft.signingId.trim() }),
    ...(draft.teamId.trim() === "" ? {} : { teamId: draft.teamId.trim() }),
    ...(draft.path === "" ? {} : { path: matchOf(draft.pathHow, draft.path) }),
    ...(draft.processName === "" ? {} : { name: matchOf(draft.processNameHow, draft.processName) }),
  },
  mode: draft.mode,
  ...(draft.messageText.trim() === ""
    ? {}
    : {
        message: {
          text: draft.messageText.trim(),
          ...(draft.messageTitle.trim() === "" ? {} : { title: draft.messageTitle.trim() }),
          ...(draft.messageButton.trim() === "" ? {} : { button: draft.messageButton.trim() }),
          ...(draft.messageUrl.trim() === "" ? {} : { url: draft.messageUrl.trim() }),
        },
      }),
  ...(draft.expiresOn === "" ? {} : { expiresAt: `${draft.expiresOn}T23:59:59.000Z` }),
  scope: draft.wholeTenant ? { tenant: true } : { deviceIds: [...draft.deviceIds] },
  ...(draft.allowPlatformBinary ? { allowPlatformBinary: true } : {}),
});

export type DraftFaults = Partial<Record<keyof RuleDraft, string>>;

/** What is still wrong with a draft, by field. */
export const draftFaults = (draft: RuleDraft): DraftFaults => {
  const faults: DraftFaults = {};
  if (draft.name.trim() === "") faults.name = "Give the rule a name that others will understand.";
  if (draft.name.length > 200) faults.name = "At most 200 characters.";
  if (![draft.processName, draft.path, draft.teamId, draft.signingId, draft.cdhash].some((text) => text.trim() !== ""))
    faults.processName = "Name at least one thing that the process must match.";
  if (draft.teamId.trim() !== "" && !/^[0-9A-Za-z]{10}$/.test(draft.teamId.trim()))
    faults.teamId = "A team ID has ten letters and digits, such as EQHXZ8M8AV.";
  if (draft.cdhash.trim() !== "" && !/^[0-9A-Fa-f]{40}$/.test(draft.cdhash.trim()))
    faults.cdhash = "A code hash has 40 hexadecimal digits, as codesign -dvvv shows it.";
  if (draft.path !== "" && draft.pathHow === "exact" && !draft.path.startsWith("/"))
    faults.path = "A whole path begins with /. For a part of it choose “contains”.";
  const hasMessage = [draft.messageTitle, draft.messageButton, draft.messageUrl].some((text) => text.trim() !== "");
  if (hasMessage && draft.messageText.trim() === "") faults.messageText = "A message needs its text.";
  if (draft.messageText.length > 1000) faults.messageText = "At most 1,000 characters.";
  if (draft.messageUrl.trim() !== "" && !/^(https:\/\/|mailto:)/.test(draft.messageUrl.trim()))
    faults.messageUrl = "A link begins with https:// or mailto:.";
  if (!draft.wholeTenant && draft.deviceIds.length === 0) faults.deviceIds = "Choose at least one Mac, or all of them.";
  return faults;
};
