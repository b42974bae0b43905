import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";

export const eraseDevice = defineCommand({
  requestType: "EraseDevice",
  summary: "Erase everything",
  risk: "destructive",
  input: Type.Object(
    {
      /** Ignored by Macs with a T2 chip and by Apple silicon. */
      pin: Type.Optional(Type.String({ pattern: "^[0-9]{6}$", description: "six digits, for Macs without a T2 chip" })),
      obliterationBehavior: Type.Optional(
        Type.Enum(["Default", "DoNotObliterate", "ObliterateWithWarning", "Always"], {
          description: "what happens when Erase All Content and Settings is not possible",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  sealed: ["pin"],
  payload: ({ pin, obliterationBehavior }) => ({
    ...(pin === undefined ? {} : { PIN: pin }),
    ...(obliterationBehavior === undefined ? {} : { ObliterationBehavior: obliterationBehavior }),
  }),
  objection: ({ isUserEnrollment }) => (isUserEnrollment ? "not possible on a User Enrollment" : undefined),
});
