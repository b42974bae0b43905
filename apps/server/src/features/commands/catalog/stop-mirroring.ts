import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";

export const stopMirroring = defineCommand({
  requestType: "StopMirroring",
  summary: "Stop mirroring the screen",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
});
