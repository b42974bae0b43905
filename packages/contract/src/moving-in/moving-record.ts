import { type Static, Type } from "typebox";
import { closed, nullable, oneOf, Time } from "../shapes.ts";

const Pem = Type.String({ minLength: 1, maxLength: 20_000, description: "PEM" });
const Base64 = (maxLength: number) =>
  Type.String({ maxLength, pattern: "^[A-Za-z0-9+/]*={0,2}$", description: "Base64" });
const Hex = Type.String({ minLength: 2, maxLength: 512, pattern: "^([0-9A-Fa-f]{2})+$", description: "Hex" });
const Text = Type.String({ maxLength: 255 });
const Identifier = Type.String({ minLength: 1, maxLength: 255, pattern: "^[!-~]+$" });

/** A user's channel of a Mac. */
const MovingUser = closed({
  /** `UserID` of its messages. */
  userId: Identifier,
  shortName: Type.Optional(nullable(Text)),
  longName: Type.Optional(nullable(Text)),
  pushToken: Hex,
  pushMagic: Type.String({ minLength: 1, maxLength: 255 }),
});

/** The certificate for Apple's push service, on whose topic the Macs are enrolled, and its key. */
export const MovingPushCertificate = closed({
  kind: Type.Literal("push-certificate"),
  certificate: Pem,
  privateKey: Pem,
});

/** Who issued the Macs' identities. Its key is not taken: renewals come from our own. */
export const MovingIssuer = closed({ kind: Type.Literal("issuer"), certificate: Pem });

/**
 * The profile by which the Macs enrolled, as the old server hands it out: a renewed identity comes as an update of it, and has
 * to keep its names and terms.
 */
export const MovingProfile = closed({ kind: Type.Literal("enrollment-profile"), profile: Base64(200_000) });

/** One Mac's enrollment on the old server. */
export const MovingEnrollment = closed({
  kind: Type.Literal("enrollment"),
  /** `UDID` of its messages, or `EnrollmentID` of a User Enrollment. */
  identifier: Identifier,
  isUserEnrollment: Type.Optional(Type.Boolean()),
  serialNumber: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 64 }))),
  deviceName: Type.Optional(nullable(Text)),
  model: Type.Optional(nullable(Text)),
  osVersion: Type.Optional(nullable(Type.String({ maxLength: 64 }))),
  topic: Type.String({ minLength: 1, maxLength: 255 }),
  pushToken: Hex,
  pushMagic: Type.String({ minLength: 1, maxLength: 255 }),
  unlockToken: Type.Optional(nullable(Base64(20_000))),
  bootstrapToken: Type.Optional(nullable(Base64(20_000))),
  /** TokenUpdates so far. */
  tokenUpdates: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  enrolledAt: Type.Optional(nullable(Time)),
  lastSeenAt: Type.Optional(nullable(Time)),
  /** False when the Mac left the old server. */
  enabled: Type.Optional(Type.Boolean()),
  /** The Mac's identity, or at least the SHA-256 of its DER; without both the Mac needs an open window. */
  certificate: Type.Optional(nullable(Pem)),
  certificateHash: Type.Optional(nullable(Type.String({ pattern: "^[0-9A-Fa-f]{64}$" }))),
  users: Type.Optional(Type.Array(MovingUser, { maxItems: 100 })),
});
export type MovingEnrollment = Static<typeof MovingEnrollment>;

/** One line of a file to move in with. */
export const MovingRecord = Type.Union([MovingPushCertificate, MovingIssuer, MovingProfile, MovingEnrollment]);
export type MovingRecord = Static<typeof MovingRecord>;

/** What became of a record, or would. */
export const MovingOutcome = closed({
  kind: oneOf("push-certificate", "issuer", "enrollment-profile", "enrollment"),
  /** Topic, issuer's name, or the Mac's identifier. */
  name: Type.String(),
  outcome: oneOf("imported", "unchanged", "refused"),
  /** Why not, when refused. */
  reason: nullable(Type.String()),
  /** What comes over, and what does not and why. */
  brings: Type.Array(Type.String()),
  leaves: Type.Array(Type.String()),
});
export type MovingOutcome = Static<typeof MovingOutcome>;
