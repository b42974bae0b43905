import { createHash } from "node:crypto";
import { envelopeBody, type OrderMessage, orders } from "@pomona/agent-protocol";
import { fits, isOrderType } from "../protocol-check.ts";

/** Whose orders this agent takes, and what it has seen. */
export interface OrderContext {
  readonly tenantId: string;
  readonly deviceId: string;
  readonly epoch: number;
  readonly now: number;
}

/**
 * What is to be done with an order that was never seen.
 * - `run`: all checks passed. - `ignore`: it is not ours, so we have no word to say about it.
 * - `refuse`: it will never run, and the server is told why.
 */
export type OrderVerdict =
  | { readonly verdict: "run" }
  | { readonly verdict: "ignore"; readonly reason: string }
  | { readonly verdict: "refuse"; readonly state: "failed" | "expired"; readonly reason: string };

/** Judges envelope and body. The law is in the README: expired, older, foreign or altered orders never run. */
export function checkOrder(order: OrderMessage, context: OrderContext): OrderVerdict {
  const { envelope, type, input } = order;
  if (envelope.tenant !== context.tenantId || envelope.target !== context.deviceId) {
    return { verdict: "ignore", reason: "meant for another device" };
  }
  if (bodyHash(type, input) !== envelope.bodyHash) return refuse("The order is not what its envelope says.");
  if (envelope.epoch < context.epoch) return refuse("The order is of an older epoch: it was placed before a restore.");
  if (envelope.expires <= context.now) {
    return { verdict: "refuse", state: "expired", reason: "The order had expired when it arrived." };
  }
  if (!isOrderType(type)) return refuse("This version of the agent does not know this kind of order.");
  if (envelope.risk !== orders[type].risk)
    return refuse("The envelope names another risk than this kind of order has.");
  if (!fits(orders[type].input, input)) return refuse("The order's input does not have the shape of its kind.");
  return { verdict: "run" };
}

const refuse = (reason: string): OrderVerdict => ({ verdict: "refuse", state: "failed", reason });

/** Undefined for what has no canonical form. */
function bodyHash(type: string, input: unknown): string | undefined {
  try {
    return createHash("sha256").update(envelopeBody(type, input), "utf8").digest("hex");
  } catch {
    return undefined;
  }
}
