import { decodeBase64 } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";

export const installProfile = defineCommand({
  requestType: "InstallProfile",
  summary: "Install or replace a profile",
  risk: "rootEquivalent",
  input: Type.Object(
    {
      payload: Type.String({
        minLength: 1,
        maxLength: 7_000_000,
        pattern: "^[A-Za-z0-9+/]+={0,2}$",
        description: "the mobileconfig, signed or not, in base64",
      }),
    },
    { additionalProperties: false },
  ),
  // Profiles carry passwords, tokens and SCEP challenges.
  sealed: ["payload"],
  payload: ({ payload }) => ({ Payload: decodeBase64(payload) }),
});
