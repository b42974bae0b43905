import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { notOnUserEnrollment } from "./parts/on-enrollment.ts";

export const shutDownDevice = defineCommand({
  requestType: "ShutDownDevice",
  summary: "Shut down",
  risk: "rootEquivalent",
  input: emptyInput,
  payload: () => ({}),
  objection: notOnUserEnrollment,
});
