import { firmwareVerificationFailure } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

/** Intel only. A wrong password ends the command as failed. */
export const verifyFirmwarePassword = defineCommand({
  requestType: "VerifyFirmwarePassword",
  summary: "Check the firmware password (Intel)",
  risk: "change",
  input: closed({ password: Type.String({ minLength: 1, maxLength: 64 }) }),
  sealed: ["password"],
  payload: ({ password }) => ({ Password: password }),
  failureIn: firmwareVerificationFailure,
});
