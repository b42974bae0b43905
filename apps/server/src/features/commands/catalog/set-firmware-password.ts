import { firmwarePasswordFailure } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

/** What can be typed before a keyboard layout is known. */
const PRINTABLE = "^[\\x20-\\x7E]*$";

/** Intel only. It counts from the next start. Whoever loses it needs Apple: escrow it before it is sent. */
export const setFirmwarePassword = defineCommand({
  requestType: "SetFirmwarePassword",
  summary: "Set, change or clear the firmware password (Intel)",
  risk: "destructive",
  input: closed({
    currentPassword: Type.Optional(
      Type.String({ pattern: PRINTABLE, maxLength: 64, description: "needed where one is set" }),
    ),
    newPassword: Type.String({ pattern: PRINTABLE, maxLength: 64, description: "empty clears it" }),
    allowOptionRoms: Type.Optional(Type.Boolean()),
  }),
  sealed: ["currentPassword", "newPassword"],
  payload: ({ currentPassword, newPassword, allowOptionRoms }) => ({
    ...(currentPassword === undefined ? {} : { CurrentPassword: currentPassword }),
    NewPassword: newPassword,
    ...(allowOptionRoms === undefined ? {} : { AllowOroms: allowOptionRoms }),
  }),
  failureIn: firmwarePasswordFailure,
});
