import type { PlistDictionary } from "@pomona/plist";
import type { MacModel } from "../model/mac-model.ts";
import type { EnrollmentState } from "./enrollment-state.ts";

/** Apple: AuthenticateRequest, as a Mac fills it in. */
export const authenticate = (mac: MacModel, topic: string): PlistDictionary => ({
  MessageType: "Authenticate",
  Topic: topic,
  UDID: mac.udid,
  DeviceName: mac.name,
  Model: mac.hardware.model,
  ModelName: mac.hardware.family,
  ProductName: mac.hardware.model,
  OSVersion: mac.os.version,
  BuildVersion: mac.os.build,
  SerialNumber: mac.serialNumber,
});

/** Apple: TokenUpdateRequest on the device channel. Macs send no UnlockToken. */
export const tokenUpdate = (mac: MacModel, state: EnrollmentState): PlistDictionary => ({
  MessageType: "TokenUpdate",
  Topic: state.mdm.topic,
  UDID: mac.udid,
  Token: Buffer.from(state.pushToken, "hex"),
  PushMagic: state.pushMagic,
  AwaitingConfiguration: mac.isAwaitingConfiguration,
  NotOnConsole: false,
});

/** Apple: CheckOutRequest. */
export const checkOut = (mac: MacModel, topic: string): PlistDictionary => ({
  MessageType: "CheckOut",
  Topic: topic,
  UDID: mac.udid,
});

/** Apple: SetBootstrapTokenRequest. */
export const setBootstrapToken = (mac: MacModel, token: Uint8Array): PlistDictionary => ({
  MessageType: "SetBootstrapToken",
  UDID: mac.udid,
  AwaitingConfiguration: mac.isAwaitingConfiguration,
  BootstrapToken: token,
});

/** Apple: GetBootstrapTokenRequest. */
export const getBootstrapToken = (mac: MacModel): PlistDictionary => ({
  MessageType: "GetBootstrapToken",
  UDID: mac.udid,
  AwaitingConfiguration: mac.isAwaitingConfiguration,
});
