import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { onlyWhileAwaiting } from "./parts/on-enrollment.ts";

export const deviceConfigured = defineCommand({
  requestType: "DeviceConfigured",
  summary: "Let Setup Assistant go on",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
  objection: onlyWhileAwaiting,
  onAcknowledged: (tx, deviceId) => mergeDeviceFacts(tx, deviceId, { facts: { awaitingConfiguration: false } }),
});
