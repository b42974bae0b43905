import { Type } from "typebox";
import { defineCommand } from "../define-command.ts";

export const restartDevice = defineCommand({
  requestType: "RestartDevice",
  summary: "Restart",
  risk: "rootEquivalent",
  input: Type.Object(
    { notifyUser: Type.Optional(Type.Boolean({ description: "ask whoever is logged in first (macOS 11.3)" })) },
    { additionalProperties: false },
  ),
  payload: ({ notifyUser }) => (notifyUser === undefined ? {} : { NotifyUser: notifyUser }),
  objection: ({ isUserEnrollment }) => (isUserEnrollment ? "not possible on a User Enrollment" : undefined),
});
