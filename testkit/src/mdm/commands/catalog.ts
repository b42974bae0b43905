import type { CommandHandler } from "../command-port.ts";
import { deviceInformation } from "./device-information.ts";
import { installEnterpriseApplication } from "./install-enterprise-application.ts";
import { certificateList, installedApplicationList, profileList } from "./lists.ts";
import { deviceLock, restartDevice, shutDownDevice } from "./power-commands.ts";
import { installProfile, removeProfile } from "./profile-commands.ts";
import { securityInfo } from "./security-info.ts";

/** The commands that the virtual Mac does; every other one is answered as macOS answers one that it does not know. */
export const commands: Readonly<Record<string, CommandHandler>> = {
  CertificateList: certificateList,
  DeviceInformation: deviceInformation,
  DeviceLock: deviceLock,
  InstallEnterpriseApplication: installEnterpriseApplication,
  InstalledApplicationList: installedApplicationList,
  InstallProfile: installProfile,
  ProfileList: profileList,
  RemoveProfile: removeProfile,
  RestartDevice: restartDevice,
  SecurityInfo: securityInfo,
  ShutDownDevice: shutDownDevice,
};
