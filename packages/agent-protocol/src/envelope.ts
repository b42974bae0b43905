import { type Static, Type } from "typebox";
import { canonicalJson } from "./canonical-json.ts";

/**
 * The intent of an order, as it is stored and sent. The agent refuses what is expired, replayed (`seq` within `epoch`
 * already in its ledger, by id), of an older epoch, meant for another device, or whose body does not hash to `bodyHash`.
 * Signatures may be none today; a later version demands them for what is root-equivalent.
 */
export const IntentEnvelope = Type.Object(
  {
    v: Type.Literal(1),
    id: Type.String({ maxLength: 64 }),
    tenant: Type.String({ maxLength: 64 }),
    target: Type.String({ maxLength: 64 }),
    /** Grows by one with every restored backup, so that a restore never replays. */
    epoch: Type.Integer({ minimum: 1 }),
    /** Grows with every order of one device. */
    seq: Type.Integer({ minimum: 1 }),
    /** Lower-case hex SHA-256 of the body's canonical JSON in UTF-8. */
    bodyHash: Type.String({ pattern: "^[0-9a-f]{64}$" }),
    issuedAt: Type.Integer(),
    /** ms; after it the agent refuses. */
    expires: Type.Integer(),
    risk: Type.Union([
      Type.Literal("read"),
      Type.Literal("change"),
      Type.Literal("rootEquivalent"),
      Type.Literal("destructive"),
    ]),
    signatures: Type.Array(Type.Object({ kid: Type.String(), alg: Type.String(), signature: Type.String() }), {
      maxItems: 8,
    }),
  },
  { additionalProperties: false },
);
export type IntentEnvelope = Static<typeof IntentEnvelope>;

/** What is hashed and, later, signed. */
export const envelopeBody = (type: string, input: unknown): string => canonicalJson({ input, type });
