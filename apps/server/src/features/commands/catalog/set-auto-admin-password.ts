import { decodeBase64 } from "@pomona/plist";
import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";
import { closed } from "./parts/fields.ts";
import { passwordHashField, passwordHashProblem } from "./parts/password-hash.ts";

/** Only for the account that AccountConfiguration made at automated enrollment; DeviceInformation tells its GUID. */
export const setAutoAdminPassword = defineCommand({
  requestType: "SetAutoAdminPassword",
  summary: "Change the password of the managed administrator",
  risk: "rootEquivalent",
  input: closed({
    guid: Type.String({ pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$" }),
    passwordHash: passwordHashField,
  }),
  sealed: ["passwordHash"],
  fault: ({ passwordHash }) => passwordHashProblem(passwordHash),
  payload: ({ guid, passwordHash }) => ({ GUID: guid, passwordHash: decodeBase64(passwordHash) }),
});
