import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

export const removeProvisioningProfile = defineCommand({
  requestType: "RemoveProvisioningProfile",
  summary: "Remove a provisioning profile",
  risk: "change",
  input: closed({
    uuid: Type.String({ minLength: 1, maxLength: 100, description: "as ProvisioningProfileList has it" }),
  }),
  payload: ({ uuid }) => ({ UUID: uuid }),
});
