import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";

export const disableRemoteDesktop = defineCommand({
  requestType: "DisableRemoteDesktop",
  summary: "Keep Apple Remote Desktop out",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId) => mergeDeviceFacts(tx, deviceId, { facts: { remoteDesktop: false } }),
});
