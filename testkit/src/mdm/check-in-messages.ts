import type { PlistDictionary } from "@pomona/plist";
import type { MacModel } from "../model/mac-model.ts";
import type { EnrollmentState } from "./enrollment-state.ts";

/** Who speaks on the device channel. */
export const deviceChannel = ({ userEnrollment, udid }: MacModel): PlistDictionary =>
  userEnrollment === undefined ? { UDID: udid } : { EnrollmentID: userEnrollment.enrollmentId };

/** Who speaks on the channel of the user of a User Enrollment; undefined on any other Mac. */
export const userChannel = ({ userEnrollment }: MacModel): PlistDictionary | undefined =>
  userEnrollment && { EnrollmentID: userEnrollment.enrollmentId, EnrollmentUserID: userEnrollment.enrollmentUserId };

/** Apple: AuthenticateRequest, as a Mac fills it in. User Enrollment keeps what names the hardware back. */
export const authenticate = (mac: MacModel, topic: string): PlistDictionary => ({
  MessageType: "Authenticate",
  Topic: topic,
  ...deviceChannel(mac),
  DeviceName: mac.name,
  Model: mac.hardware.model,
  ModelName: mac.hardware.family,
  ProductName: mac.hardware.model,
  OSVersion: mac.os.version,
  BuildVersion: mac.os.build,
  ...(mac.userEnrollment === undefined ? { SerialNumber: mac.serialNumber } : {}),
});

/** Apple: TokenUpdateRequest on the device channel. Macs send no UnlockToken. */
export const tokenUpdate = (mac: MacModel, state: EnrollmentState): PlistDictionary => ({
  MessageType: "TokenUpdate",
  Topic: state.mdm.topic,
  ...deviceChannel(mac),
  Token: Buffer.from(state.pushToken, "hex"),
  PushMagic: state.pushMagic,
  AwaitingConfiguration: mac.isAwaitingConfiguration,
  NotOnConsole: false,
});

/** Apple: TokenUpdateRequest on the channel of a User Enrollment's user; undefined on any other Mac. */
export function userTokenUpdate(mac: MacModel, state: EnrollmentState): PlistDictionary | undefined {
  const user = mac.users.find(({ name }) => name === mac.consoleUser);
  return (
    mac.userEnrollment && {
      MessageType: "TokenUpdate",
      Topic: state.mdm.topic,
      ...userChannel(mac),
      ...(user === undefined ? {} : { UserShortName: user.name, UserLongName: user.fullName }),
      Token: Buffer.from(mac.userEnrollment.pushToken, "hex"),
      PushMagic: state.pushMagic,
      NotOnConsole: mac.consoleUser === undefined,
    }
  );
}

/** Apple: CheckOutRequest. */
export const checkOut = (mac: MacModel, topic: string): PlistDictionary => ({
  MessageType: "CheckOut",
  Topic: topic,
  ...deviceChannel(mac),
});

/** Apple: SetBootstrapTokenRequest. */
export const setBootstrapToken = (mac: MacModel, token: Uint8Array): PlistDictionary => ({
  MessageType: "SetBootstrapToken",
  ...deviceChannel(mac),
  AwaitingConfiguration: mac.isAwaitingConfiguration,
  BootstrapToken: token,
});

/** Apple: GetBootstrapTokenRequest. */
export const getBootstrapToken = (mac: MacModel): PlistDictionary => ({
  MessageType: "GetBootstrapToken",
  ...deviceChannel(mac),
  AwaitingConfiguration: mac.isAwaitingConfiguration,
});
