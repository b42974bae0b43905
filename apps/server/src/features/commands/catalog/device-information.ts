import { DEVICE_QUERIES, readDeviceInformation } from "@pomona/mdm";
import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./empty-input.ts";

export const deviceInformation = defineCommand({
  requestType: "DeviceInformation",
  summary: "Ask for name, model, system and capacity",
  risk: "change",
  input: emptyInput,
  payload: () => ({ Queries: DEVICE_QUERIES }),
  onAcknowledged: async (tx, deviceId, report) => {
    const said = readDeviceInformation(report);
    const { capacityBytes: sizeBytes, availableBytes: freeBytes } = said;
    await mergeDeviceFacts(tx, deviceId, {
      name: said.deviceName,
      model: said.modelName ?? said.model,
      osVersion: said.osVersion,
      facts: {
        ...(said.buildVersion === undefined ? {} : { buildVersion: said.buildVersion }),
        ...(said.hostName === undefined ? {} : { hostName: said.hostName }),
        ...(said.isSupervised === undefined ? {} : { supervised: said.isSupervised }),
        ...(said.isSipEnabled === undefined ? {} : { sip: said.isSipEnabled }),
        ...(sizeBytes === undefined || freeBytes === undefined
          ? {}
          : { disks: [{ name: "Macintosh HD", sizeBytes, freeBytes }] }),
      },
    });
  },
});
