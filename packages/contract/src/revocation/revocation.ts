import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, paging, Time } from "../shapes.ts";

/** Why a certificate no longer counts (RFC 5280 section 5.3.1, those that fit). */
export const RevocationReason = oneOf(
  "unspecified",
  "keyCompromise",
  "affiliationChanged",
  "superseded",
  "cessationOfOperation",
);

/** A certificate that this server issued. `hash` is the SHA-256 of its DER in lower hex. */
export const IssuedIdentity = closed({
  hash: Type.String(),
  /** `mdm`: of Apple's client; `agent`: of ours; `edge`: of an edge node. */
  role: Type.String(),
  serialNumber: Type.String({ description: "of the certificate, in hex" }),
  notBefore: Time,
  notAfter: Time,
  revokedAt: nullable(Time),
  reason: nullable(Type.String()),
  deviceId: nullable(Id),
  deviceName: nullable(Type.String()),
});
export type IssuedIdentity = Static<typeof IssuedIdentity>;

export const listIdentities = defineAction({
  name: "revocation.list-identities",
  summary: "List the certificates that were issued to a Mac",
  method: "GET",
  path: "/devices/{deviceId}/identities",
  risk: "read",
  input: closed({ deviceId: Id }),
  output: closed({ items: Type.Array(IssuedIdentity), nextCursor: nullable(Type.String()) }),
  auditable: [],
});

export const revokeCertificate = defineAction({
  name: "revocation.revoke-certificate",
  summary: "Revoke a certificate: what shows it is refused from now on",
  method: "POST",
  path: "/certificates/{hash}/revocation",
  risk: "rootEquivalent",
  input: closed({
    hash: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    reason: RevocationReason,
    /** Why, in words, for the audit trail. */
    comment: Type.Optional(Type.String({ maxLength: 500 })),
  }),
  output: IssuedIdentity,
  auditable: ["hash", "reason", "comment"],
  status: 200,
});

export const listRevocations = defineAction({
  name: "revocation.list-revocations",
  summary: "List certificates that were revoked and have not run out, newest first",
  method: "GET",
  path: "/certificate-revocations",
  risk: "read",
  input: closed({ ...paging }),
  output: page(IssuedIdentity),
  auditable: [],
});

export const showAuthority = defineAction({
  name: "revocation.show-authority",
  summary: "Show this tenant's certificate authority and where others learn what was revoked",
  method: "GET",
  path: "/certificate-authority",
  risk: "read",
  input: closed({}),
  output: closed({
    /** PEM: of the tenant's authority, and of the root above it. */
    certificate: Type.String(),
    root: Type.String(),
    expiresAt: Time,
    rootExpiresAt: Time,
    /** SHA-256 of the DER, in lower hex. */
    fingerprint: Type.String(),
    rootFingerprint: Type.String(),
    crlUrl: Type.String(),
    ocspUrl: Type.String(),
    rootCrlUrl: Type.String(),
    revoked: Type.Integer(),
  }),
  auditable: [],
});
