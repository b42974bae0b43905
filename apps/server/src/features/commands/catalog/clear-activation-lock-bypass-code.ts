import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";

/** Afterwards the code that was escrowed still opens the lock that it was made for; the Mac gives it out no more. */
export const clearActivationLockBypassCode = defineCommand({
  requestType: "ClearActivationLockBypassCode",
  summary: "Make the Mac forget its Activation Lock bypass code",
  risk: "rootEquivalent",
  input: emptyInput,
  payload: () => ({}),
});
