import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, nullable, oneOf, page, paging, Time } from "../shapes.ts";

export const AuditEntry = closed({
  sequence: Type.Integer(),
  at: Time,
  actor: closed({ kind: Type.String(), id: Type.String(), name: Type.String() }),
  address: nullable(Type.String()),
  action: Type.String(),
  outcome: oneOf("done", "refused", "failed"),
  /** The input's fields that may be shown; others are "(omitted)", erased ones "(erased)". */
  input: Type.Record(Type.String(), Type.Unknown()),
  reason: nullable(Type.String()),
  hash: Type.String(),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const listEntries = defineAction({
  name: "audit.list-entries",
  summary: "Show who did what",
  method: "GET",
  path: "/audit",
  risk: "read",
  input: closed({
    ...paging,
    actor: Type.Optional(Type.String({ maxLength: 200 })),
    action: Type.Optional(Type.String({ maxLength: 200 })),
    outcome: Type.Optional(oneOf("done", "refused", "failed")),
  }),
  output: page(AuditEntry),
  auditable: [],
});

export const verifyChain = defineAction({
  name: "audit.verify-chain",
  summary: "Check that no entry of the audit trail was changed or removed",
  method: "GET",
  path: "/audit/verification",
  risk: "read",
  input: closed({}),
  output: closed({
    valid: Type.Boolean(),
    entries: Type.Integer(),
    brokenAt: nullable(Type.Integer()),
    head: Type.String(),
  }),
  auditable: [],
});
