import { type Static, Type } from "typebox";
import { LiveData } from "./down.ts";

const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const nullable = <T extends Parameters<typeof Type.Array>[0]>(schema: T) => Type.Union([schema, Type.Null()]);
const Text = (maxLength: number) => Type.String({ maxLength });
const ChannelName = Type.Union([Type.Literal("wire"), Type.Literal("wake"), Type.Literal("net")]);

/** The agent's first word on the control lane and with every long poll. */
export const HelloMessage = closed({
  version: Text(40),
  protocol: Type.Literal(1),
  /** Changes with every start of the Mac. */
  bootSession: Text(64),
  /** Changes with every start of the agent: two alive at once under one identity are two bodies. */
  instance: Text(64),
  serialNumber: Text(64),
  osVersion: Text(40),
  /** The desired state that it holds; empty when none. */
  desiredToken: Text(64),
  epoch: Type.Integer({ minimum: 0 }),
  sensor: closed({ state: Text(40), detail: Text(500) }),
  /** What the agent itself saw of each way since it last could say. */
  channels: Type.Optional(Type.Partial(closed({ wire: Type.Boolean(), wake: Type.Boolean(), net: Type.Boolean() }))),
  /** Why the agent started: `boot`, `wake` (the settings file changed), `crash`, `update`. */
  startedBy: Type.Optional(Text(20)),
});
export type HelloMessage = Static<typeof HelloMessage>;

/** The order is in the agent's ledger; nothing ran yet. */
export const ReceiptMessage = closed({ orderId: Text(64), channel: ChannelName, at: Type.Integer() });
export type ReceiptMessage = Static<typeof ReceiptMessage>;

/** How far an order has come. Sent again until acknowledged; a state never goes back. */
export const OrderStatusMessage = closed({
  orderId: Text(64),
  state: Type.Union([
    Type.Literal("running"),
    Type.Literal("succeeded"),
    Type.Literal("failed"),
    Type.Literal("expired"),
    Type.Literal("unknown"),
  ]),
  at: Type.Integer(),
  exitCode: Type.Optional(nullable(Type.Integer())),
  error: Type.Optional(Text(2000)),
  output: Type.Optional(Text(4_194_304)),
  outputTruncated: Type.Optional(Type.Boolean()),
  data: Type.Optional(Type.Unknown()),
});
export type OrderStatusMessage = Static<typeof OrderStatusMessage>;

/** A piece of a running order's output, for those who watch; the whole comes with the final status. */
export const OrderOutputMessage = closed({
  orderId: Text(64),
  seq: Type.Integer({ minimum: 0 }),
  stream: Type.Union([Type.Literal("stdout"), Type.Literal("stderr")]),
  text: Text(65_536),
});
export type OrderOutputMessage = Static<typeof OrderOutputMessage>;

/** The desired state with this token is in force. */
export const AppliedMessage = closed({
  token: Text(64),
  rules: Type.Integer({ minimum: 0 }),
  rejected: Type.Array(closed({ ruleId: Text(64), reason: Text(500) }), { maxItems: 1000 }),
});
export type AppliedMessage = Static<typeof AppliedMessage>;

/** A rule hit. Its id is made on the Mac, so that the same incident sent twice is one. */
export const IncidentMessage = closed({
  id: Text(64),
  ruleId: Text(64),
  process: closed({
    path: Text(4096),
    signingId: nullable(Text(512)),
    teamId: nullable(Text(20)),
    cdhash: nullable(Text(40)),
    pid: Type.Integer(),
    user: nullable(Text(256)),
    parentPath: nullable(Text(4096)),
    arguments: Type.Array(Text(1024), { maxItems: 64 }),
  }),
  /** ms with fractions. */
  eventAt: Type.Number(),
  actionAt: Type.Number(),
  action: Type.Union([Type.Literal("kill"), Type.Literal("report")]),
  outcome: Text(60),
  userMessage: nullable(Text(1000)),
});
export type IncidentMessage = Static<typeof IncidentMessage>;

export const SensorMessage = closed({
  state: Text(40),
  detail: Text(500),
  counters: Type.Record(Type.String({ maxLength: 60 }), Type.Number()),
});
export type SensorMessage = Static<typeof SensorMessage>;

/** Facts of the Mac; a key that is missing was not read this time and keeps its last value. */
export const FactsMessage = closed({
  at: Type.Integer(),
  facts: Type.Partial(
    closed({
      serialNumber: Text(64),
      name: Text(256),
      hostName: Text(256),
      model: Text(128),
      osVersion: Text(40),
      buildVersion: Text(40),
      processor: Text(128),
      memoryBytes: Type.Number(),
      uptimeSeconds: Type.Number(),
      bootedAt: Type.Integer(),
      disks: Type.Array(closed({ name: Text(256), sizeBytes: Type.Number(), freeBytes: Type.Number() }), {
        maxItems: 64,
      }),
      users: Type.Array(closed({ name: Text(256), fullName: Text(256), uid: Type.Integer(), admin: Type.Boolean() }), {
        maxItems: 500,
      }),
      fileVault: Type.Boolean(),
      sip: Type.Boolean(),
      network: Type.Array(
        closed({ name: Text(64), mac: Text(40), addresses: Type.Array(Text(64), { maxItems: 32 }) }),
        { maxItems: 64 },
      ),
    }),
  ),
  applications: Type.Optional(
    Type.Array(closed({ name: Text(256), bundleId: Text(256), version: Text(64), path: Text(1024) }), {
      maxItems: 5000,
    }),
  ),
});
export type FactsMessage = Static<typeof FactsMessage>;

/** High-volume events; may be shed under pressure, and what was shed is counted. */
export const EventsMessage = closed({
  events: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 500 }),
  shed: Type.Integer({ minimum: 0 }),
});
export type EventsMessage = Static<typeof EventsMessage>;

export const up = {
  control: {
    hello: HelloMessage,
    receipt: ReceiptMessage,
    "order-status": OrderStatusMessage,
    applied: AppliedMessage,
    incident: IncidentMessage,
    sensor: SensorMessage,
  },
  telemetry: { facts: FactsMessage, "order-output": OrderOutputMessage, events: EventsMessage },
  live: { ready: closed({ sessionId: Text(64) }), data: LiveData },
} as const;
