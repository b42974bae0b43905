import { recoveryLockVerificationFailure } from "@pomona/mdm";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";

/** Apple silicon only. A wrong password ends the command as failed. */
export const verifyRecoveryLock = defineCommand({
  requestType: "VerifyRecoveryLock",
  summary: "Check the recovery lock (Apple silicon)",
  risk: "change",
  input: closed({ password: Type.String({ minLength: 1, maxLength: 64 }) }),
  sealed: ["password"],
  payload: ({ password }) => ({ Password: password }),
  failureIn: recoveryLockVerificationFailure,
});
