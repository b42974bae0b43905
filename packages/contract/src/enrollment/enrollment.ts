import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, page, paging, Time } from "../shapes.ts";

export const Invitation = closed({
  id: Id,
  name: Name,
  createdAt: Time,
  expiresAt: Time,
  maxUses: Type.Integer(),
  uses: Type.Integer(),
  /** When set, only this Mac gets an identity from it. */
  serialNumber: nullable(Type.String()),
});
export type Invitation = Static<typeof Invitation>;

export const createInvitation = defineAction({
  name: "enrollment.create-invitation",
  summary: "Make an enrollment link for one Mac or several",
  method: "POST",
  path: "/enrollment-invitations",
  risk: "rootEquivalent",
  input: closed({
    name: Name,
    maxUses: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 31_536_000, default: 604_800 })),
    serialNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  }),
  /** `url` opens the enrollment portal; it holds the only copy of the code. */
  output: closed({ ...Invitation.properties, url: Type.String() }),
  auditable: ["name", "maxUses", "expiresInSeconds", "serialNumber"],
  status: 201,
});

export const listInvitations = defineAction({
  name: "enrollment.list-invitations",
  summary: "List enrollment links",
  method: "GET",
  path: "/enrollment-invitations",
  risk: "read",
  input: closed({ ...paging }),
  output: page(Invitation),
  auditable: [],
});

export const revokeInvitation = defineAction({
  name: "enrollment.revoke-invitation",
  summary: "Revoke an enrollment link",
  method: "DELETE",
  path: "/enrollment-invitations/{invitationId}",
  risk: "change",
  input: closed({ invitationId: Id }),
  output: closed({}),
  auditable: ["invitationId"],
});
