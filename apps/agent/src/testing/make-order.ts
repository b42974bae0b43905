import { createHash, randomUUID } from "node:crypto";
import { envelopeBody, type IntentEnvelope, type OrderMessage, orders } from "@pomona/agent-protocol";
import { isOrderType } from "../protocol-check.ts";
import { DEVICE, TENANT } from "./test-server.ts";

/** An order as a server makes it, with whatever a test wants otherwise in its envelope. */
export function makeOrder(
  type: string,
  input: unknown = {},
  envelope: Partial<IntentEnvelope> = {},
  channel: OrderMessage["channel"] = "wire",
): OrderMessage {
  return {
    envelope: {
      v: 1,
      id: randomUUID(),
      tenant: TENANT,
      target: DEVICE,
      epoch: 1,
      seq: 1,
      bodyHash: createHash("sha256").update(envelopeBody(type, input)).digest("hex"),
      issuedAt: Date.now(),
      expires: Date.now() + 60_000,
      risk: isOrderType(type) ? orders[type].risk : "read",
      signatures: [],
      ...envelope,
    },
    type,
    input,
    channel,
  };
}
