import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { RecoverySummary } from "../recovery/recovery.ts";
import { closed, Id, nullable, oneOf, Time } from "../shapes.ts";
import { SecretKind } from "./secrets.ts";

/** A Mac that somebody should look at, and why. */
export const EscrowFinding = closed({
  deviceId: Id,
  name: Type.String(),
  kind: SecretKind,
  /** Since when, or until when, by what the list is about. */
  at: Time,
  /** In a sentence: what is known, and what to do. */
  why: Type.String(),
});
export type EscrowFinding = Static<typeof EscrowFinding>;

const findings = closed({ total: Type.Integer(), items: Type.Array(EscrowFinding) });

/** The certificate to which Macs encrypt their recovery keys; `keys` counts the older ones too, which still open. */
export const EscrowCertificate = closed({
  /** SHA-256 of the DER, in lower hex. */
  fingerprint: Type.String(),
  expiresAt: Time,
  keys: Type.Integer(),
});
export type EscrowCertificate = Static<typeof EscrowCertificate>;

/**
 * Where this tenant's recovery keys of FileVault are sealed to, beyond the server's own keys. `refused` and `unreachable` is what
 * the KMS said last; what Macs send is sealed all the same.
 */
export const EscrowRecipient = closed({
  keyId: Type.String(),
  since: Time,
  state: oneOf("works", "refused", "unreachable"),
  /** Since when, in that state. */
  stateSince: Time,
  /** Recovery keys that only the KMS opens. */
  sealed: Type.Integer(),
  /** Recovery keys that this server still opens: they are being brought over. */
  left: Type.Integer(),
});
export type EscrowRecipient = Static<typeof EscrowRecipient>;

export const showEscrow = defineAction({
  name: "escrow.show-escrow",
  summary: "Show the state of escrow over all Macs",
  method: "GET",
  path: "/escrow",
  risk: "read",
  input: closed({}),
  output: closed({
    /** Whether all of it would survive the loss of this server. */
    recovery: RecoverySummary,
    /** Null where recovery keys are sealed for this server alone. */
    recipient: nullable(EscrowRecipient),
    /** How many Macs have a current, an unconfirmed one, of each kind. */
    kinds: Type.Array(closed({ kind: SecretKind, held: Type.Integer(), unconfirmed: Type.Integer() })),
    /** Enrolled for a day and more, and no bootstrap token here. At most 200 in each list; `total` counts all. */
    withoutBootstrapToken: findings,
    /** FileVault is on, and no recovery key is held. */
    withoutRecoveryKey: findings,
    /** Held, and does not open any more, or does not fit the Mac. */
    broken: findings,
    failedRotations: findings,
    /** The Mac's own bypass codes that we do not have, by the day from which macOS no longer hands them out. */
    expiringCodes: findings,
    /** Null before the first Mac needed it. */
    certificate: nullable(EscrowCertificate),
    /** When all that is held was last tried; null before the first round. */
    lastCheckedAt: nullable(Time),
  }),
  auditable: [],
});

/** How a kind of secret is kept in this tenant. */
export const RotationPolicy = closed({
  kind: SecretKind,
  /** Whether Pomona sets or asks for it by itself: PRK escrow at enrollment, bypass codes; off for what people start. */
  isAutomatic: Type.Boolean(),
  /** Replaced after so many days; null: never by time. */
  everyDays: nullable(Type.Integer({ minimum: 1, maximum: 3650 })),
  /** Replaced so many minutes after somebody saw it; null: not. */
  afterRevealMinutes: nullable(Type.Integer({ minimum: 5, maximum: 1440 })),
  /** Old values are kept so many days after a newer one was confirmed. */
  keepOldDays: Type.Integer({ minimum: 7, maximum: 3650 }),
});
export type RotationPolicy = Static<typeof RotationPolicy>;

/** A policy, with what our own would be and what the kind allows. */
export const KeptPolicy = closed({
  ...RotationPolicy.properties,
  /** Whether this kind can be replaced from here; without, it has no days and no minutes. */
  canRotate: Type.Boolean(),
  /** How this kind is kept where nobody said otherwise. */
  standard: Type.Omit(RotationPolicy, ["kind"]),
});
export type KeptPolicy = Static<typeof KeptPolicy>;

export const listPolicies = defineAction({
  name: "escrow.list-policies",
  summary: "List how each kind of secret is kept and replaced",
  method: "GET",
  path: "/escrow/policies",
  risk: "read",
  input: closed({}),
  output: closed({ items: Type.Array(KeptPolicy), nextCursor: nullable(Type.String()) }),
  auditable: [],
});

export const changePolicy = defineAction({
  name: "escrow.change-policy",
  summary: "Change how a kind of secret is kept and replaced",
  method: "PUT",
  path: "/escrow/policies",
  risk: "change",
  input: RotationPolicy,
  output: RotationPolicy,
  auditable: ["kind", "isAutomatic", "everyDays", "afterRevealMinutes", "keepOldDays"],
});

export const changeRecipient = defineAction({
  name: "escrow.change-recipient",
  summary: "Have recovery keys sealed so that only a key in a KMS opens them, or no longer",
  method: "PUT",
  path: "/escrow/recipient",
  risk: "rootEquivalent",
  input: closed({
    /** ARN of an RSA key of AWS KMS that decrypts; null: sealed for this server. What is in the KMS by then stays there. */
    keyId: nullable(Type.String({ minLength: 1, maxLength: 400 })),
  }),
  output: closed({ recipient: nullable(EscrowRecipient) }),
  auditable: ["keyId"],
});

export const rotateEscrowCertificate = defineAction({
  name: "escrow.rotate-certificate",
  summary: "Make a new certificate for recovery keys; the old key stays, so that what Macs sent before still opens",
  method: "POST",
  path: "/escrow/certificate",
  risk: "rootEquivalent",
  input: closed({}),
  output: EscrowCertificate,
  auditable: [],
  status: 201,
});
