import type { EscrowTools } from "../../mac/mac-tools.ts";
import type { OrderRunner } from "../order-outcome.ts";

/** What this Mac thinks of its bootstrap token: whether the server takes it, and whether it is there. */
export const bootstrapTokenStatus =
  (escrow: EscrowTools): OrderRunner =>
  async () => ({ state: "succeeded", data: await escrow.bootstrapToken() });
