import { decodeBase64 } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { base64, closed } from "./parts/fields.ts";

/** Turns declarative management on, and has the Mac ask what changed. It stays on until the enrollment ends. */
export const declarativeManagement = defineCommand({
  requestType: "DeclarativeManagement",
  summary: "Turn declarative management on, or have the Mac look for changes",
  risk: "change",
  input: closed({ tokens: Type.Optional(base64(8192, "the JSON that the tokens endpoint answers, in base64")) }),
  payload: ({ tokens }) => (tokens === undefined ? {} : { Data: decodeBase64(tokens) }),
});
