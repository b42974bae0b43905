import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, oneOf, page, paging, Time } from "../shapes.ts";
import { Tenant } from "../tenants/tenants.ts";

/** administrator: everything; operator: all but people and tokens; auditor: reads only. */
export const Role = oneOf("administrator", "operator", "auditor");
export type Role = Static<typeof Role>;

export const Session = closed({
  actor: closed({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  role: Role,
  tenant: Tenant,
  tenants: Type.Array(Tenant),
  permissions: Type.Array(Type.String()),
});
export type Session = Static<typeof Session>;

export const Token = closed({
  id: Id,
  name: Name,
  role: Role,
  createdAt: Time,
  expiresAt: nullable(Time),
  lastUsedAt: nullable(Time),
});
export type Token = Static<typeof Token>;

export const showSession = defineAction({
  name: "access.show-session",
  summary: "Show who you are, and in which tenants you may work",
  method: "GET",
  path: "/session",
  risk: "read",
  input: closed({}),
  output: Session,
  auditable: [],
});

export const listTokens = defineAction({
  name: "access.list-tokens",
  summary: "List the API tokens of this tenant",
  method: "GET",
  path: "/tokens",
  risk: "read",
  input: closed({ ...paging }),
  output: page(Token),
  auditable: [],
});

export const createToken = defineAction({
  name: "access.create-token",
  summary: "Create an API token; it is shown once",
  method: "POST",
  path: "/tokens",
  risk: "rootEquivalent",
  input: closed({ name: Name, role: Role, expiresInDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650 })) }),
  output: closed({ ...Token.properties, token: Type.String() }),
  auditable: ["name", "role", "expiresInDays"],
  status: 201,
});

export const revokeToken = defineAction({
  name: "access.revoke-token",
  summary: "Revoke an API token",
  method: "DELETE",
  path: "/tokens/{tokenId}",
  risk: "change",
  input: closed({ tokenId: Id }),
  output: closed({}),
  auditable: ["tokenId"],
});

export const createSignInLink = defineAction({
  name: "access.create-sign-in-link",
  summary: "Invite a person with a one-time sign-in link",
  method: "POST",
  path: "/sign-in-links",
  risk: "rootEquivalent",
  input: closed({ personName: Name, role: Role }),
  output: closed({ url: Type.String(), expiresAt: Time }),
  auditable: ["personName", "role"],
  status: 201,
});

const byRisk = <T extends Parameters<typeof nullable>[0]>(schema: T) =>
  closed({ change: schema, rootEquivalent: schema, destructive: schema });
const Limit = closed({
  /** Macs that one actor may touch in an hour, and all actors of the tenant together. */
  perActor: Type.Integer(),
  perTenant: Type.Integer(),
  /** How long a command can be taken back before it is sent. */
  undoSeconds: Type.Integer(),
  /** A looser limit that is coming; tighter ones count at once. */
  pending: nullable(
    closed({ perActor: Type.Integer(), perTenant: Type.Integer(), undoSeconds: Type.Integer(), effectiveAt: Time }),
  ),
  /** Touched in this hour by all actors. */
  spent: Type.Integer(),
});
export const Limits = closed({
  limits: byRisk(Limit),
  /** The newest tries to go beyond a limit; each was refused. */
  exceeded: Type.Array(
    closed({
      at: Time,
      actor: Type.String(),
      action: Type.String(),
      risk: Type.String(),
      limit: Type.Integer(),
      devices: Type.Integer(),
    }),
  ),
});
export type Limits = Static<typeof Limits>;

export const showLimits = defineAction({
  name: "access.show-limits",
  summary: "Show how many Macs may be touched in an hour, and the undo windows",
  method: "GET",
  path: "/limits",
  risk: "read",
  input: closed({}),
  output: Limits,
  auditable: [],
});

export const setLimits = defineAction({
  name: "access.set-limits",
  summary: "Change how many Macs may be touched in an hour, or an undo window",
  method: "PUT",
  path: "/limits",
  risk: "rootEquivalent",
  input: closed({
    risk: oneOf("change", "rootEquivalent", "destructive"),
    perActor: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    perTenant: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    undoSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
  }),
  output: Limits,
  auditable: ["risk", "perActor", "perTenant", "undoSeconds"],
});
