import { readSecurityInfo } from "@pomona/mdm";
import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const securityInfo = defineCommand({
  requestType: "SecurityInfo",
  summary: "Ask for FileVault, firewall, SIP and secure boot",
  risk: "change",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: async (tx, deviceId, report) => {
    const said = readSecurityInfo(report);
    await mergeDeviceFacts(tx, deviceId, {
      facts: {
        ...(said.isFileVaultEnabled === undefined ? {} : { fileVault: said.isFileVaultEnabled }),
        ...(said.isSipEnabled === undefined ? {} : { sip: said.isSipEnabled }),
        ...(said.isFirewallEnabled === undefined ? {} : { firewall: said.isFirewallEnabled }),
        ...(said.secureBootLevel === undefined ? {} : { secureBoot: said.secureBootLevel }),
      },
    });
  },
});
