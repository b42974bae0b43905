import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";

/** The Mac gives its code out for 15 days after it became supervised. The code is a secret: escrow takes it from the answer. */
export const activationLockBypassCode = defineCommand({
  requestType: "ActivationLockBypassCode",
  summary: "Ask for the Activation Lock bypass code",
  risk: "rootEquivalent",
  input: emptyInput,
  payload: () => ({}),
});
