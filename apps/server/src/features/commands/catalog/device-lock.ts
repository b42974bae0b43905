import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { notOnUserEnrollment } from "./parts/on-enrollment.ts";

/** Not "lock the screen": the Mac restarts into a state that only the PIN ends. */
export const deviceLock = defineCommand({
  requestType: "DeviceLock",
  summary: "Restart and lock with a PIN",
  risk: "destructive",
  input: Type.Object(
    {
      pin: Type.String({ pattern: "^[0-9]{6}$", description: "six digits; note them, without them it stays locked" }),
      message: Type.Optional(Type.String({ maxLength: 500 })),
      phoneNumber: Type.Optional(Type.String({ maxLength: 50, description: "shown on Apple silicon (macOS 11.5)" })),
    },
    { additionalProperties: false },
  ),
  sealed: ["pin"],
  payload: ({ pin, message, phoneNumber }) => ({
    PIN: pin,
    ...(message === undefined ? {} : { Message: message }),
    ...(phoneNumber === undefined ? {} : { PhoneNumber: phoneNumber }),
  }),
  objection: notOnUserEnrollment,
});
