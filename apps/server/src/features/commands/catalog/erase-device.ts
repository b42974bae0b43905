import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { notOnUserEnrollment } from "./parts/on-enrollment.ts";

/**
 * What we send where the order says nothing: the data goes in any case, and the answer tells the truth. With Apple's `Default` a
 * Mac that cannot run Erase All Content and Settings answers Error and erases itself all the same; with `DoNotObliterate` a lost
 * Mac may stay as it was. The price: such a Mac comes back without a system and has to be revived.
 */
const OUR_BEHAVIOR = "ObliterateWithWarning";

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
          default: OUR_BEHAVIOR,
          description: "what happens when Erase All Content and Settings is not possible",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  sealed: ["pin"],
  payload: ({ pin, obliterationBehavior = OUR_BEHAVIOR }) => ({
    ...(pin === undefined ? {} : { PIN: pin }),
    ObliterationBehavior: obliterationBehavior,
  }),
  objection: notOnUserEnrollment,
});
