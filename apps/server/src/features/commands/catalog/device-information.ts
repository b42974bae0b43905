import type { DeviceFacts } from "@pomona/contract";
import { DEVICE_QUERIES, type DeviceInformation, readDeviceInformation, SPECIAL_DEVICE_QUERIES } from "@pomona/mdm";
import { decodeBase64 } from "@pomona/plist";
import { Type } from "typebox";
import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { base64, closed } from "./parts/fields.ts";
import { known } from "./parts/known.ts";
import { isoTime } from "./parts/store-list.ts";

const NONCE_BYTES = 32;

export const deviceInformation = defineCommand({
  requestType: "DeviceInformation",
  summary: "Ask for name, model, system, capacity and locks",
  risk: "read",
  input: closed({
    queries: Type.Optional(
      Type.Array(Type.Enum([...DEVICE_QUERIES, ...SPECIAL_DEVICE_QUERIES]), {
        minItems: 1,
        description: "all but the special ones when missing",
      }),
    ),
    attestationNonce: Type.Optional(
      base64(48, "up to 32 bytes in base64: asks for an attestation that was made for them (macOS 14, Apple silicon)"),
    ),
  }),
  fault: ({ attestationNonce }) =>
    attestationNonce !== undefined && Buffer.from(attestationNonce, "base64").length > NONCE_BYTES
      ? "attestationNonce has more than 32 bytes"
      : undefined,
  payload: ({ queries = DEVICE_QUERIES, attestationNonce }) =>
    attestationNonce === undefined
      ? { Queries: queries }
      : {
          Queries: [...new Set([...queries, "DevicePropertiesAttestation"])],
          DeviceAttestationNonce: decodeBase64(attestationNonce),
        },
  onAcknowledged: async (tx, deviceId, report) => {
    const said = readDeviceInformation(report);
    await mergeDeviceFacts(tx, deviceId, {
      name: said.deviceName,
      model: said.modelName ?? said.model,
      osVersion: said.osVersion,
      serialNumber: said.serialNumber,
      facts: factsOf(said),
    });
  },
});

function factsOf(said: DeviceInformation): DeviceFacts {
  const { capacityBytes: sizeBytes, availableBytes: freeBytes, softwareUpdateSettings: updates } = said;
  const activationLock = known({ enabled: said.isActivationLockEnabled, supported: said.isActivationLockSupported });
  return known<DeviceFacts>({
    buildVersion: said.buildVersion,
    hostName: said.hostName,
    supervised: said.isSupervised,
    sip: said.isSipEnabled,
    disks:
      sizeBytes === undefined || freeBytes === undefined ? undefined : [{ name: "Macintosh HD", sizeBytes, freeBytes }],
    modelIdentifier: said.model,
    modelNumber: said.modelNumber,
    softwareUpdateDeviceId: said.softwareUpdateDeviceId,
    provisioningUdid: said.provisioningUdid,
    appleSilicon: said.isAppleSilicon,
    hasBattery: said.hasBattery,
    supportsLightsOut: said.supportsLightsOut,
    awaitingConfiguration: said.isAwaitingConfiguration,
    activationLock: Object.keys(activationLock).length === 0 ? undefined : activationLock,
    autoAdmins: said.autoAdmins === undefined ? undefined : [...said.autoAdmins],
    erasePreflight: said.erasePreflight,
    pinRequiredForErase: said.isPinRequiredForErase,
    pinRequiredForLock: said.isPinRequiredForLock,
    softwareUpdateSettings:
      updates === undefined
        ? undefined
        : known({ ...updates, lastScanAt: isoTime(updates.lastScanAt ?? null) ?? undefined }),
  });
}
