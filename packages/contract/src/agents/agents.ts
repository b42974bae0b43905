import { type Static, Type } from "typebox";
import { defineAction } from "../action-contract.ts";
import { closed, Id, nullable, oneOf, page, paging, Time } from "../shapes.ts";

export const OrderState = oneOf("queued", "sent", "running", "succeeded", "failed", "expired", "unknown");
export const OrderType = oneOf(
  "run-script",
  "kill-process",
  "refresh-facts",
  "ping",
  "validate-recovery-key",
  "read-recovery-key-escrow",
  "bootstrap-token-status",
  "secure-token-status",
  "create-account",
);
/** Those that people may place; the others carry secrets, and only escrow does. */
export const PlaceableOrderType = oneOf(
  "run-script",
  "kill-process",
  "refresh-facts",
  "ping",
  "read-recovery-key-escrow",
  "bootstrap-token-status",
  "secure-token-status",
);
export const Channel = oneOf("wire", "wake", "net");

/** Something that we ask the agent to do, and how far it has come. */
export const Order = closed({
  id: Id,
  deviceId: Id,
  type: OrderType,
  /** What may be shown of the input. */
  input: Type.Record(Type.String(), Type.Unknown()),
  state: OrderState,
  createdAt: Time,
  sentAt: nullable(Time),
  receivedAt: nullable(Time),
  startedAt: nullable(Time),
  finishedAt: nullable(Time),
  expiresAt: Time,
  actor: Type.String(),
  /** Every way that was tried, in order, and the one whose arrival counted. */
  path: closed({
    tried: Type.Array(closed({ channel: Channel, at: Time })),
    arrivedBy: nullable(Channel),
  }),
  result: nullable(
    closed({
      exitCode: nullable(Type.Integer()),
      /** In words, when it failed. */
      error: nullable(Type.String()),
      /** Standard output and error as they came, cut at the limit. */
      output: Type.String(),
      outputTruncated: Type.Boolean(),
      data: Type.Unknown(),
    }),
  ),
});
export type Order = Static<typeof Order>;

export const placeOrder = defineAction({
  name: "agents.place-order",
  summary: "Ask the agent of a Mac to do something",
  method: "POST",
  path: "/devices/{deviceId}/orders",
  risk: "rootEquivalent",
  input: closed({
    deviceId: Id,
    type: PlaceableOrderType,
    /** run-script: {script, interpreter?, timeoutSeconds?, maxOutputBytes?, arguments?}; kill-process: {pid, path?}; others: {}. */
    input: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_592_000, default: 86_400 })),
    /** An urgent order races all three channels at once. */
    urgent: Type.Optional(Type.Boolean()),
  }),
  output: closed({ id: Id, state: OrderState }),
  auditable: ["deviceId", "type", "expiresInSeconds", "urgent"],
  status: 202,
});

export const showOrder = defineAction({
  name: "agents.show-order",
  summary: "Show an order and what came of it",
  method: "GET",
  path: "/orders/{orderId}",
  risk: "read",
  input: closed({ orderId: Id }),
  output: Order,
  auditable: [],
});

export const listOrders = defineAction({
  name: "agents.list-orders",
  summary: "List a Mac's orders, newest first",
  method: "GET",
  path: "/devices/{deviceId}/orders",
  risk: "read",
  input: closed({ ...paging, deviceId: Id }),
  output: page(Order),
  auditable: [],
});

export const openEcho = defineAction({
  name: "agents.open-echo",
  summary: "Open the live lane of a Mac and measure a round trip",
  method: "POST",
  path: "/devices/{deviceId}/echo",
  risk: "change",
  input: closed({ deviceId: Id, text: Type.String({ maxLength: 1000 }) }),
  output: closed({ text: Type.String(), roundTripMs: Type.Number(), openedInMs: Type.Number() }),
  auditable: ["deviceId"],
});

export const listReinstalls = defineAction({
  name: "agents.list-reinstalls",
  summary: "List the Macs whose agent fell silent and is being installed again",
  method: "GET",
  path: "/agent-reinstalls",
  risk: "read",
  input: closed({ ...paging, state: Type.Optional(oneOf("trying", "gaveUp")) }),
  output: page(
    closed({
      deviceId: Id,
      name: Type.String(),
      state: oneOf("trying", "gaveUp"),
      attempts: Type.Integer(),
      /** What became of the last attempt, in words. "Acknowledged" alone proves nothing. */
      outcome: Type.String(),
      lastAttemptAt: nullable(Time),
      nextAttemptAt: nullable(Time),
      agentLastSeenAt: nullable(Time),
    }),
  ),
  auditable: [],
});
