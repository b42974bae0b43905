import type { CommandHandler } from "../command-port.ts";
import { installApplication, managedApplicationList, removeApplication } from "./application-commands.ts";
import { deviceInformation } from "./device-information.ts";
import { eraseDevice } from "./erase-device.ts";
import { rotateFileVaultKey } from "./file-vault-commands.ts";
import { installEnterpriseApplication } from "./install-enterprise-application.ts";
import { certificateList, installedApplicationList, profileList } from "./lists.ts";
import {
  activationLockBypassCode,
  clearActivationLockBypassCode,
  setFirmwarePassword,
  setRecoveryLock,
  verifyFirmwarePassword,
  verifyRecoveryLock,
} from "./lock-commands.ts";
import { deviceLock, restartDevice, shutDownDevice } from "./power-commands.ts";
import { installProfile, removeProfile } from "./profile-commands.ts";
import {
  installProvisioningProfile,
  provisioningProfileList,
  removeProvisioningProfile,
} from "./provisioning-commands.ts";
import { securityInfo } from "./security-info.ts";
import {
  contentCachingInformation,
  declarativeManagement,
  disableRemoteDesktop,
  enableRemoteDesktop,
  requestMirroring,
  stopMirroring,
} from "./service-commands.ts";
import { settings } from "./settings.ts";
import { availableOsUpdates, osUpdateStatus, scheduleOsUpdate, scheduleOsUpdateScan } from "./update-commands.ts";
import {
  accountConfiguration,
  deleteUser,
  deviceConfigured,
  setAutoAdminPassword,
  unlockUserAccount,
  userList,
} from "./user-commands.ts";

/** The commands that the virtual Mac does; every other one is answered as macOS answers one that it does not know. */
export const commands: Readonly<Record<string, CommandHandler>> = {
  AccountConfiguration: accountConfiguration,
  ActivationLockBypassCode: activationLockBypassCode,
  AvailableOSUpdates: availableOsUpdates,
  CertificateList: certificateList,
  ClearActivationLockBypassCode: clearActivationLockBypassCode,
  ContentCachingInformation: contentCachingInformation,
  DeclarativeManagement: declarativeManagement,
  DeleteUser: deleteUser,
  DeviceConfigured: deviceConfigured,
  DeviceInformation: deviceInformation,
  DeviceLock: deviceLock,
  DisableRemoteDesktop: disableRemoteDesktop,
  EnableRemoteDesktop: enableRemoteDesktop,
  EraseDevice: eraseDevice,
  InstallApplication: installApplication,
  InstallEnterpriseApplication: installEnterpriseApplication,
  InstallProfile: installProfile,
  InstallProvisioningProfile: installProvisioningProfile,
  InstalledApplicationList: installedApplicationList,
  ManagedApplicationList: managedApplicationList,
  OSUpdateStatus: osUpdateStatus,
  ProfileList: profileList,
  ProvisioningProfileList: provisioningProfileList,
  RemoveApplication: removeApplication,
  RemoveProfile: removeProfile,
  RemoveProvisioningProfile: removeProvisioningProfile,
  RequestMirroring: requestMirroring,
  RestartDevice: restartDevice,
  RotateFileVaultKey: rotateFileVaultKey,
  ScheduleOSUpdate: scheduleOsUpdate,
  ScheduleOSUpdateScan: scheduleOsUpdateScan,
  SecurityInfo: securityInfo,
  SetAutoAdminPassword: setAutoAdminPassword,
  SetFirmwarePassword: setFirmwarePassword,
  SetRecoveryLock: setRecoveryLock,
  Settings: settings,
  ShutDownDevice: shutDownDevice,
  StopMirroring: stopMirroring,
  UnlockUserAccount: unlockUserAccount,
  UserList: userList,
  VerifyFirmwarePassword: verifyFirmwarePassword,
  VerifyRecoveryLock: verifyRecoveryLock,
};
