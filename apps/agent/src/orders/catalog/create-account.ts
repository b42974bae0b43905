import type { CreateAccountInput } from "@pomona/agent-protocol";
import type { EscrowTools } from "../../mac/mac-tools.ts";
import { failed, type OrderRunner } from "../order-outcome.ts";

/**
 * Makes a local account. It has no secure token until its person logs in once and macOS spends the bootstrap token on it.
 * When the agent dies halfway the account may be there or not: the server asks for the accounts before it tries again.
 */
export const createAccount =
  (escrow: EscrowTools): OrderRunner =>
  async (input) => {
    const { nonce: _, ...account } = input as CreateAccountInput;
    const problem = await escrow.createAccount(account);
    return problem === undefined ? { state: "succeeded", data: { name: account.name } } : failed(problem);
  };
