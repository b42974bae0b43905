import type { EscrowTools } from "../../mac/mac-tools.ts";
import type { OrderRunner } from "../order-outcome.ts";

/** Brings the CMS in which macOS left the recovery key. It is encrypted to the server; this Mac cannot open it either. */
export const readRecoveryKeyEscrow =
  (escrow: EscrowTools): OrderRunner =>
  async () => {
    const cms = await escrow.recoveryKeyEscrow();
    return { state: "succeeded", data: { cms: cms === undefined ? null : Buffer.from(cms).toString("base64") } };
  };
