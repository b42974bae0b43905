import { type Static, Type } from "typebox";
import { closed, Id, nullable, oneOf, Time } from "../shapes.ts";

/** What became of a push: taken by Apple, the token or the certificate refused, too many, Apple away, our own fault. */
export const PushOutcome = [
  "taken",
  "token-refused",
  "certificate-refused",
  "too-many",
  "unreachable",
  "fault",
] as const;
export type PushOutcome = (typeof PushOutcome)[number];

const Told = closed({ at: Time, reason: Type.String(), meaning: Type.String(), advice: Type.String() });

/** The connection of the topic to Apple. */
const Session = closed({
  state: oneOf("connected", "connecting", "none"),
  connectedSince: nullable(Time),
  openPushes: Type.Integer(),
  mostAtOnce: nullable(Type.Integer()),
  lastGoAway: nullable(Told),
  lastFault: nullable(Told),
});

const RefusedMac = closed({
  deviceId: Id,
  name: Type.String(),
  serialNumber: nullable(Type.String()),
  /** A user's channel; null for the Mac itself. */
  channel: nullable(Type.String()),
});

export const PushState = closed({
  /**
   * `missing`: no certificate yet; `expired`; `refused`: Apple said no to it; `unreachable`: Apple cannot be reached now;
   * `ready`.
   */
  state: Type.String(),
  /** The state in a sentence, and what to do about it; null when there is nothing to do. */
  meaning: Type.String(),
  advice: nullable(Type.String()),
  topic: nullable(Type.String()),
  issuedAt: nullable(Time),
  expiresAt: nullable(Time),
  daysLeft: nullable(Type.Integer()),
  subject: nullable(Type.String()),
  issuer: nullable(Type.String()),
  serialNumber: nullable(Type.String()),
  /** Where pushes go. */
  endpoint: Type.String(),
  session: nullable(Session),
  lastPushAt: nullable(Time),
  /** In short; `lastFailure` says more. */
  lastError: nullable(Type.String()),
  lastFailure: nullable(
    closed({ at: Time, status: Type.Integer(), reason: Type.String(), meaning: Type.String(), advice: Type.String() }),
  ),
  /** Pushes of the last 24 hours by outcome. */
  lastDay: closed({
    taken: Type.Integer(),
    "token-refused": Type.Integer(),
    "certificate-refused": Type.Integer(),
    "too-many": Type.Integer(),
    unreachable: Type.Integer(),
    fault: Type.Integer(),
  }),
  /** Macs whose pushes wait until push works again, and when the next try is made. */
  waiting: Type.Integer(),
  nextTryAt: nullable(Time),
  /** Macs whose token Apple refused: they are pushed again after their next TokenUpdate. The first hundred. */
  refusedMacs: Type.Array(RefusedMac),
  /** Where certificate requests can be sent to be signed; null when no key for it is set. */
  signingUrl: nullable(Type.String()),
});
export type PushState = Static<typeof PushState>;
