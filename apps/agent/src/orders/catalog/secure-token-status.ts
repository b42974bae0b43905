import type { EscrowTools } from "../../mac/mac-tools.ts";
import { failed, type OrderRunner } from "../order-outcome.ts";

/** Who on this Mac has a secure token and owns the volume: without one such account nobody can be let in. */
export const secureTokenStatus =
  (escrow: EscrowTools): OrderRunner =>
  async () => {
    const [accounts, fileVault] = await Promise.all([escrow.accounts(), escrow.fileVault()]);
    return accounts === undefined
      ? failed("The accounts of this Mac could not be listed.")
      : { state: "succeeded", data: { accounts, fileVault: fileVault ?? null } };
  };
