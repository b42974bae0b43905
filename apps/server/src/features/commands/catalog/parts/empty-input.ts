import { Type } from "typebox";

/** For commands that take nothing. */
export const emptyInput = Type.Object({}, { additionalProperties: false });
