import { Type } from "typebox";

/** The short name of an account of the Mac. */
export const userName = Type.String({ minLength: 1, maxLength: 255, description: "short name of the account" });
