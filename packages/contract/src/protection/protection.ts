import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, oneOf, page, paging, Time } from "../shapes.ts";

/** A text and how it must agree: the whole, a part, or a glob (`*` within a path component, `**` across, `?` one). */
export const TextMatch = Type.Union([
  closed({ exact: Type.String({ minLength: 1, maxLength: 1024 }) }),
  closed({ contains: Type.String({ minLength: 1, maxLength: 256 }) }),
  closed({ pattern: Type.String({ minLength: 1, maxLength: 256 }) }),
]);

/** All that are given must match. */
export const RuleMatch = closed({
  cdhash: Type.Optional(Type.String({ pattern: "^[0-9A-Fa-f]{40}$" })),
  signingId: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  teamId: Type.Optional(Type.String({ pattern: "^[0-9A-Za-z]{10}$" })),
  path: Type.Optional(TextMatch),
  name: Type.Optional(TextMatch),
});

export const RuleMessage = closed({
  title: Type.Optional(Type.String({ maxLength: 100 })),
  text: Type.String({ minLength: 1, maxLength: 1000 }),
  button: Type.Optional(Type.String({ maxLength: 40 })),
  url: Type.Optional(Type.String({ maxLength: 500, pattern: "^(https://|mailto:)" })),
});

/** The whole tenant, or these Macs. */
export const RuleScope = Type.Union([
  closed({ tenant: Type.Literal(true) }),
  closed({ deviceIds: Type.Array(Id, { minItems: 1, maxItems: 10_000 }) }),
]);

const ruleFields = {
  name: Name,
  match: RuleMatch,
  mode: oneOf("report", "block"),
  message: Type.Optional(RuleMessage),
  expiresAt: Type.Optional(Time),
  scope: RuleScope,
  /** Only with this may a rule stop a binary of the system itself. */
  allowPlatformBinary: Type.Optional(Type.Boolean()),
};

export const Rule = closed({
  id: Id,
  ...ruleFields,
  createdAt: Time,
  createdBy: Type.String(),
  /** Macs that confirmed that they hold this rule's current version, of those it is meant for. */
  rollout: closed({ confirmed: Type.Integer(), meant: Type.Integer() }),
  /** Why a rule that should block only reports now, when it does. */
  fallback: nullable(Type.String()),
});
export type Rule = Static<typeof Rule>;

export const listRules = defineAction({
  name: "protection.list-rules",
  summary: "List block rules",
  method: "GET",
  path: "/rules",
  risk: "read",
  input: closed({ ...paging }),
  output: page(Rule),
  auditable: [],
});

export const createRule = defineAction({
  name: "protection.create-rule",
  summary: "Block or report an app",
  method: "POST",
  path: "/rules",
  risk: "rootEquivalent",
  input: closed(ruleFields),
  output: Rule,
  auditable: ["name", "match", "mode", "expiresAt", "scope", "allowPlatformBinary"],
  status: 201,
});

export const showRule = defineAction({
  name: "protection.show-rule",
  summary: "Show one rule",
  method: "GET",
  path: "/rules/{ruleId}",
  risk: "read",
  input: closed({ ruleId: Id }),
  output: Rule,
  auditable: [],
});

export const changeRule = defineAction({
  name: "protection.change-rule",
  summary: "Change a rule",
  method: "PUT",
  path: "/rules/{ruleId}",
  risk: "rootEquivalent",
  input: closed({ ruleId: Id, ...ruleFields }),
  output: Rule,
  auditable: ["ruleId", "name", "match", "mode", "expiresAt", "scope", "allowPlatformBinary"],
});

export const removeRule = defineAction({
  name: "protection.remove-rule",
  summary: "Remove a rule",
  method: "DELETE",
  path: "/rules/{ruleId}",
  risk: "change",
  input: closed({ ruleId: Id }),
  output: closed({}),
  auditable: ["ruleId"],
});

export const Incident = closed({
  id: Id,
  deviceId: Id,
  deviceName: Type.String(),
  ruleId: Id,
  ruleName: Type.String(),
  process: closed({
    path: Type.String(),
    signingId: nullable(Type.String()),
    teamId: nullable(Type.String()),
    cdhash: nullable(Type.String()),
    pid: Type.Integer(),
    user: nullable(Type.String()),
    parentPath: nullable(Type.String()),
    arguments: Type.Array(Type.String()),
  }),
  /** When the process started, as the Mac's kernel says. */
  eventAt: Time,
  /** When the kill returned, or the decision to report was taken; by the same clock. */
  actionAt: Time,
  /** When it reached this server; by this server's clock. */
  arrivedAt: Time,
  /** From event to kill, measured on the Mac. */
  actionAfterMs: Type.Number(),
  action: oneOf("kill", "report"),
  /** `killed`, or in a word why not: `notFound`, `identityChanged`, `refused`, `budget`, `platformBinary` ... */
  outcome: Type.String(),
  /** What the person at the Mac was shown. */
  userMessage: nullable(Type.String()),
  state: oneOf("open", "closed"),
});
export type Incident = Static<typeof Incident>;

export const listIncidents = defineAction({
  name: "protection.list-incidents",
  summary: "List incidents, newest first",
  method: "GET",
  path: "/incidents",
  risk: "read",
  input: closed({
    ...paging,
    deviceId: Type.Optional(Id),
    ruleId: Type.Optional(Id),
    state: Type.Optional(oneOf("open", "closed")),
  }),
  output: page(Incident),
  auditable: [],
});

export const showIncident = defineAction({
  name: "protection.show-incident",
  summary: "Show one incident",
  method: "GET",
  path: "/incidents/{incidentId}",
  risk: "read",
  input: closed({ incidentId: Id }),
  output: Incident,
  auditable: [],
});

export const closeIncident = defineAction({
  name: "protection.close-incident",
  summary: "Close an incident",
  method: "POST",
  path: "/incidents/{incidentId}/close",
  risk: "change",
  input: closed({ incidentId: Id }),
  output: Incident,
  auditable: ["incidentId"],
});
