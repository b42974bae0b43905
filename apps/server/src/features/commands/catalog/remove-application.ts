import { defineCommand } from "../define-command.ts";
import { bundleId, closed } from "./parts/fields.ts";

/** Only one that was installed as managed, and not by a declaration. */
export const removeApplication = defineCommand({
  requestType: "RemoveApplication",
  summary: "Remove a managed application",
  risk: "rootEquivalent",
  input: closed({ identifier: bundleId }),
  payload: ({ identifier }) => ({ Identifier: identifier }),
});
