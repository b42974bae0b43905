import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";

export const removeProfile = defineCommand({
  requestType: "RemoveProfile",
  summary: "Remove a profile that was installed by MDM",
  risk: "rootEquivalent",
  input: Type.Object(
    { identifier: Type.String({ minLength: 1, maxLength: 1024, description: "PayloadIdentifier" }) },
    { additionalProperties: false },
  ),
  payload: ({ identifier }) => ({ Identifier: identifier }),
});
