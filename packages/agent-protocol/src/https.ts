import { type Static, Type } from "typebox";
import { HelloMessage } from "./up.ts";

const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** Paths on the device channel. All but `enroll` want the agent's client certificate. */
export const AGENT_PATHS = {
  /** POST {@link EnrollRequest} -> {@link EnrollResponse}. The one-time token is the only credential. */
  enroll: "/agent/v1/enroll",
  /** POST {@link RenewRequest} -> {@link RenewResponse}, with the certificate that is to be renewed. */
  renew: "/agent/v1/renew",
  /** POST {@link PollRequest} -> {@link PollResponse}, held open up to `waitSeconds`. */
  poll: "/agent/v1/poll",
} as const;

export const EnrollRequest = closed({
  token: Type.String({ minLength: 20, maxLength: 200 }),
  /** PKCS#10 in base64 DER, its key made on this Mac. */
  csr: Type.String({ maxLength: 8192 }),
  serialNumber: Type.String({ minLength: 1, maxLength: 64 }),
  version: Type.String({ maxLength: 40 }),
});
export type EnrollRequest = Static<typeof EnrollRequest>;

export const EnrollResponse = closed({
  tenantId: Type.String(),
  deviceId: Type.String(),
  /** PEM: the agent's certificate, then the intermediate. */
  certificate: Type.String(),
  /** PEM of the pinned roots. */
  roots: Type.String(),
});
export type EnrollResponse = Static<typeof EnrollResponse>;

export const RenewRequest = closed({
  /** PKCS#10 in base64 DER, of a new key. */
  csr: Type.String({ maxLength: 8192 }),
});
export type RenewRequest = Static<typeof RenewRequest>;

/** The certificate that asked counts until the new one is used for the first time. */
export const RenewResponse = closed({
  /** PEM: the agent's new certificate, then the intermediate. */
  certificate: Type.String(),
});
export type RenewResponse = Static<typeof RenewResponse>;

/** One message of the wire, carried over HTTPS: lane and name as in a topic. */
export const CarriedMessage = closed({
  lane: Type.Union([Type.Literal("control"), Type.Literal("telemetry"), Type.Literal("live")]),
  message: Type.String({ maxLength: 40 }),
  body: Type.Unknown(),
});
export type CarriedMessage = Static<typeof CarriedMessage>;

export const PollRequest = closed({
  hello: HelloMessage,
  /** 0 answers at once. */
  waitSeconds: Type.Integer({ minimum: 0, maximum: 60 }),
  messages: Type.Array(CarriedMessage, { maxItems: 100 }),
});
export type PollRequest = Static<typeof PollRequest>;

/** Answered 200 only after `messages` of the request are committed. */
export const PollResponse = closed({ messages: Type.Array(CarriedMessage, { maxItems: 1000 }) });
export type PollResponse = Static<typeof PollResponse>;
