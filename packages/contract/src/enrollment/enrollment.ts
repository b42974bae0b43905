import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, Name, nullable, oneOf, page, paging, Time } from "../shapes.ts";

/**
 * How a Mac gets its identity. `scep`: any Mac. `acme`: a key bound to the hardware, attested by Apple, only for the named serial
 * number. `acme-if-possible`: `acme` where what is known of the named Mac says that it can, else `scep`.
 */
export const IdentityMethod = oneOf("scep", "acme", "acme-if-possible");
export type IdentityMethod = Static<typeof IdentityMethod>;

export const Invitation = closed({
  id: Id,
  name: Name,
  createdAt: Time,
  expiresAt: Time,
  maxUses: Type.Integer(),
  uses: Type.Integer(),
  /** When set, only this Mac gets an identity from it. */
  serialNumber: nullable(Type.String()),
  identity: IdentityMethod,
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
    /** Default: the organization's enrollment policy. `acme` needs a serial number. */
    identity: Type.Optional(IdentityMethod),
  }),
  /** `url` opens the enrollment portal; it holds the only copy of the code. */
  output: closed({ ...Invitation.properties, url: Type.String() }),
  auditable: ["name", "maxUses", "expiresInSeconds", "serialNumber", "identity"],
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

export const EnrollmentPolicy = closed({
  /** What invitations use that do not say. `scep` until someone changes it. */
  identity: IdentityMethod,
  /** Whether this server has a root to check attestations against; without one `acme` is refused. */
  canAttest: Type.Boolean(),
});
export type EnrollmentPolicy = Static<typeof EnrollmentPolicy>;

export const showEnrollmentPolicy = defineAction({
  name: "enrollment.show-policy",
  summary: "Show how Macs get their identity",
  method: "GET",
  path: "/enrollment-policy",
  risk: "read",
  input: closed({}),
  output: EnrollmentPolicy,
  auditable: [],
});

export const changeEnrollmentPolicy = defineAction({
  name: "enrollment.change-policy",
  summary: "Choose how Macs get their identity",
  method: "PUT",
  path: "/enrollment-policy",
  risk: "rootEquivalent",
  input: closed({ identity: IdentityMethod }),
  output: EnrollmentPolicy,
  auditable: ["identity"],
});

export const UserChannel = closed({
  /** The user's GUID on that Mac, or the name that a Shared iPad would send. */
  user: Type.String(),
  shortName: nullable(Type.String()),
  longName: nullable(Type.String()),
  openedAt: Time,
  /** Of its last TokenUpdate. */
  updatedAt: Time,
});
export type UserChannel = Static<typeof UserChannel>;

export const listUserChannels = defineAction({
  name: "enrollment.list-user-channels",
  summary: "List the users of a Mac that have a management channel of their own",
  method: "GET",
  path: "/devices/{deviceId}/user-channels",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: page(UserChannel),
  auditable: [],
});

/** What a tenant decided about users whom a directory vouches for. */
export const NetworkUserPolicy = closed({
  /** Whether network users get a channel: `decline` answers UserAuthenticate with 410, `accept` with an empty challenge. */
  networkUsers: oneOf("decline", "accept"),
});
export type NetworkUserPolicy = Static<typeof NetworkUserPolicy>;

export const showNetworkUserPolicy = defineAction({
  name: "enrollment.show-network-user-policy",
  summary: "Show whether network users get a channel",
  method: "GET",
  path: "/network-user-policy",
  risk: "read",
  input: closed({}),
  output: NetworkUserPolicy,
  auditable: [],
});

export const changeNetworkUserPolicy = defineAction({
  name: "enrollment.change-network-user-policy",
  summary: "Decide whether network users get a channel",
  method: "PUT",
  path: "/network-user-policy",
  risk: "change",
  input: NetworkUserPolicy,
  output: NetworkUserPolicy,
  auditable: ["networkUsers"],
});
