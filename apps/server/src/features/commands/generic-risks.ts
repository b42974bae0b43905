import type { Risk } from "@pomona/contract";

/**
 * What a command may do at worst, for those without an entry of their own in the catalogue. One that is not listed may do
 * anything that root may: a command that is newer than this list must not slip through a budget.
 */
const RISKS: Readonly<Record<string, Risk>> = {
  // Questions.
  ActiveNSExtensions: "change",
  AvailableOSUpdates: "change",
  CertificateList: "change",
  ContentCachingInformation: "change",
  DeviceInformation: "change",
  InstalledApplicationList: "change",
  ManagedApplicationConfiguration: "change",
  ManagedApplicationFeedback: "change",
  ManagedApplicationList: "change",
  NSExtensionMappings: "change",
  OSUpdateStatus: "change",
  ProfileList: "change",
  ProvisioningProfileList: "change",
  ScheduleOSUpdateScan: "change",
  SecurityInfo: "change",
  UserList: "change",
  VerifyFirmwarePassword: "change",
  VerifyRecoveryLock: "change",
  // Of no consequence for who may do what on the Mac.
  CancelEnhancedLogCollection: "change",
  DeclarativeManagement: "change",
  InviteToProgram: "change",
  RequestMirroring: "change",
  StopMirroring: "change",
  TriggerEnhancedLogCollection: "change",
  // What erases, locks out or takes away.
  DeleteUser: "destructive",
  DeviceLock: "destructive",
  EraseDevice: "destructive",
  LOMDeviceRequest: "destructive",
  RemoveApplication: "destructive",
  RemoveProfile: "destructive",
  RemoveProvisioningProfile: "destructive",
  SetFirmwarePassword: "destructive",
  SetRecoveryLock: "destructive",
};

export const riskOfGeneric = (requestType: string): Risk =>
  Object.hasOwn(RISKS, requestType) ? RISKS[requestType]! : "rootEquivalent";
