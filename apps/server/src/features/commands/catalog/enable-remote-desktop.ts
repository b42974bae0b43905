import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";

export const enableRemoteDesktop = defineCommand({
  requestType: "EnableRemoteDesktop",
  summary: "Let Apple Remote Desktop in",
  risk: "rootEquivalent",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId) => mergeDeviceFacts(tx, deviceId, { facts: { remoteDesktop: true } }),
});
