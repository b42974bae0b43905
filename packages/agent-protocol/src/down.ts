import { type Static, Type } from "typebox";
import { OrderMessage } from "./orders.ts";

const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

const TextMatch = Type.Union([
  closed({ exact: Type.String({ maxLength: 1024 }) }),
  closed({ contains: Type.String({ maxLength: 256 }) }),
  closed({ pattern: Type.String({ maxLength: 256 }) }),
]);

/** A block rule as the Mac keeps it; the same shape as `BlockRule` of packages/rules. */
export const WireRule = closed({
  id: Type.String({ maxLength: 64 }),
  name: Type.String({ maxLength: 200 }),
  match: closed({
    cdhash: Type.Optional(Type.String({ maxLength: 40 })),
    signingId: Type.Optional(Type.String({ maxLength: 256 })),
    teamId: Type.Optional(Type.String({ maxLength: 10 })),
    path: Type.Optional(TextMatch),
    name: Type.Optional(TextMatch),
  }),
  mode: Type.Union([Type.Literal("report"), Type.Literal("block")]),
  message: Type.Optional(
    closed({
      title: Type.Optional(Type.String({ maxLength: 100 })),
      text: Type.String({ maxLength: 1000 }),
      button: Type.Optional(Type.String({ maxLength: 40 })),
      url: Type.Optional(Type.String({ maxLength: 500 })),
    }),
  ),
  expiresAt: Type.Optional(Type.Integer()),
  allowPlatformBinary: Type.Optional(Type.Boolean()),
});
export type WireRule = Static<typeof WireRule>;

/**
 * What this Mac shall hold, in one or several parts. The agent applies it when it has all parts of one token, keeps it on
 * disk, and answers `applied`. Parts of another token replace what was being gathered.
 */
export const DesiredMessage = closed({
  token: Type.String({ maxLength: 64 }),
  part: Type.Integer({ minimum: 1 }),
  parts: Type.Integer({ minimum: 1, maximum: 1000 }),
  rules: Type.Array(WireRule, { maxItems: 2000 }),
  settings: closed({
    /** Kills per minute beyond which rules only report. */
    killBudgetPerMinute: Type.Integer({ minimum: 0, maximum: 10_000 }),
    /** Where "whom to ask" points when a rule has no link of its own. */
    helpUrl: Type.Optional(Type.String({ maxLength: 500 })),
  }),
});
export type DesiredMessage = Static<typeof DesiredMessage>;

/** Asks the agent to open its live lane. */
export const LiveRequest = closed({ sessionId: Type.String({ maxLength: 64 }), kind: Type.Literal("echo") });
export type LiveRequest = Static<typeof LiveRequest>;

export const LiveData = closed({
  sessionId: Type.String({ maxLength: 64 }),
  seq: Type.Integer({ minimum: 0 }),
  /** Text, or base64 where the kind says so. */
  data: Type.String({ maxLength: 65_536 }),
});
export type LiveData = Static<typeof LiveData>;

export const down = {
  control: { order: OrderMessage, desired: DesiredMessage, "live-request": LiveRequest },
  telemetry: {},
  live: { data: LiveData, close: closed({ sessionId: Type.String({ maxLength: 64 }) }) },
} as const;
