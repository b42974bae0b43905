import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const deviceConfigured = defineCommand({
  requestType: "DeviceConfigured",
  summary: "Let Setup Assistant go on",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
  objection: ({ isAwaitingConfiguration }) =>
    isAwaitingConfiguration ? undefined : "the Mac does not wait in Setup Assistant",
});
