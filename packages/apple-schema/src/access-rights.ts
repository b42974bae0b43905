/** Bits of `AccessRights` of the MDM payload (Apple: com.apple.mdm), by the names that the schema uses for them. */
const BITS: Readonly<Record<string, number>> = {
  AllowInspection: 1,
  AllowInstallationRemoval: 2,
  AllowPasscodeRemovalAndLock: 4,
  DeviceLockAndRemovePasscode: 4,
  AllowDeviceErase: 8,
  AllowQueryDeviceInformation: 16,
  AllowQueryNetworkInformation: 32,
  AllowQueryApplications: 256,
  QueryInstalledApps: 256,
  AllowQuerySecurity: 1024,
  AllowSettings: 2048,
  AllowAppInstallation: 4096,
};

/** Whether an enrollment's rights include the one of this name. A name that is not a right ("None", "Special Case") asks for none. */
export function includesRight(accessRights: number, name: string): boolean {
  const bit = BITS[name];
  return bit === undefined || (accessRights & bit) !== 0;
}
