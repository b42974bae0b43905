import type { ValidateRecoveryKeyInput } from "@pomona/agent-protocol";
import type { EscrowTools } from "../../mac/mac-tools.ts";
import { failed, type OrderRunner } from "../order-outcome.ts";

/**
 * Whether the key in escrow opens this Mac's disk. It changes nothing, so an agent that dies halfway leaves nothing behind.
 * Neither the key nor a part of it is in the outcome.
 */
export const validateRecoveryKey =
  (escrow: EscrowTools): OrderRunner =>
  async (input) => {
    const { prk } = input as ValidateRecoveryKeyInput;
    const verdict = await escrow.validateRecoveryKey(prk);
    return verdict === "unknown"
      ? failed("macOS did not say whether the key fits: is FileVault on?", { data: { verdict } })
      : { state: "succeeded", data: { verdict } };
  };
