import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const shutDownDevice = defineCommand({
  requestType: "ShutDownDevice",
  summary: "Shut down",
  risk: "rootEquivalent",
  input: emptyInput,
  payload: () => ({}),
  objection: ({ isUserEnrollment }) => (isUserEnrollment ? "not possible on a User Enrollment" : undefined),
});
