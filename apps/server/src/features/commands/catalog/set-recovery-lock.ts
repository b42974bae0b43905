import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

/** Apple silicon only. It goes by itself when the Mac leaves management. */
export const setRecoveryLock = defineCommand({
  requestType: "SetRecoveryLock",
  summary: "Set, change or clear the recovery lock (Apple silicon)",
  risk: "destructive",
  input: closed({
    currentPassword: Type.Optional(Type.String({ maxLength: 64, description: "needed where one is set" })),
    newPassword: Type.String({ maxLength: 64, description: "empty clears it" }),
  }),
  sealed: ["currentPassword", "newPassword"],
  payload: ({ currentPassword, newPassword }) => ({
    ...(currentPassword === undefined ? {} : { CurrentPassword: currentPassword }),
    NewPassword: newPassword,
  }),
});
