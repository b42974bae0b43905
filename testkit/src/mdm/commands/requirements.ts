import type { MacModel } from "../../model/mac-model.ts";
import { type CommandAnswer, refused } from "../answer.ts";

/** Under which circumstances macOS takes a command at all. */
interface Requirement {
  /** Not on a Mac that is its user's own. */
  readonly isDevice?: true;
  readonly isSupervised?: true;
  readonly isAutomated?: true;
  readonly isAwaiting?: true;
  readonly chip?: "apple" | "intel";
  /** The first major version of macOS that no longer knows it. */
  readonly goneIn?: number;
}

const updates: Requirement = { isSupervised: true, goneIn: 27 };
const requirements: Readonly<Record<string, Requirement>> = {
  UserList: { isSupervised: true },
  DeleteUser: { isSupervised: true },
  EnableRemoteDesktop: { isSupervised: true },
  DisableRemoteDesktop: { isSupervised: true },
  ActivationLockBypassCode: { isSupervised: true },
  ClearActivationLockBypassCode: { isSupervised: true },
  AvailableOSUpdates: updates,
  OSUpdateStatus: updates,
  ScheduleOSUpdate: updates,
  ScheduleOSUpdateScan: updates,
  SetAutoAdminPassword: { isAutomated: true },
  AccountConfiguration: { isAutomated: true, isAwaiting: true },
  DeviceConfigured: { isAutomated: true, isAwaiting: true },
  SetFirmwarePassword: { chip: "intel", isDevice: true },
  VerifyFirmwarePassword: { chip: "intel", isDevice: true },
  SetRecoveryLock: { chip: "apple", isDevice: true },
  VerifyRecoveryLock: { chip: "apple", isDevice: true },
  DeviceLock: { isDevice: true },
  EraseDevice: { isDevice: true },
  RestartDevice: { isDevice: true },
  ShutDownDevice: { isDevice: true },
  RotateFileVaultKey: { isDevice: true },
};

/** What macOS says to a request type that it does not know. */
export const unknownRequestType = (requestType: string): CommandAnswer =>
  refused(12_021, "MCMDMErrorDomain", `“${requestType}” is not a valid request type.`);

/** The refusal of a command that does not fit this Mac; undefined where it fits. */
export function requirementMissed(mac: MacModel, requestType: string): CommandAnswer | undefined {
  const needed = requirements[requestType];
  if (needed === undefined) return undefined;
  if (needed.goneIn !== undefined && Number.parseInt(mac.os.version, 10) >= needed.goneIn)
    return unknownRequestType(requestType);
  if (needed.isDevice === true && mac.userEnrollment !== undefined)
    return refused(12_021, "MCMDMErrorDomain", `“${requestType}” is not supported with User Enrollment.`);
  if (needed.isSupervised === true && !mac.isSupervised)
    return refused(12_026, "MCMDMErrorDomain", `“${requestType}” is only supported on supervised devices.`);
  if (needed.isAutomated === true && !mac.isAutomated)
    return refused(12_073, "MCMDMErrorDomain", `“${requestType}” needs enrollment by the device enrollment service.`);
  if (needed.isAwaiting === true && !mac.isAwaitingConfiguration)
    return refused(12_074, "MCMDMErrorDomain", "The device is not awaiting configuration.");
  if (needed.chip !== undefined && (needed.chip === "apple") !== mac.hardware.isAppleSilicon)
    return refused(12_008, "MDMClientError", `“${requestType}” is not supported on this Mac.`);
  return undefined;
}
