import { getArray, getData, PlistReal, type PlistValue } from "@pomona/plist";
import type { MacModel } from "../../model/mac-model.ts";
import { acknowledged, formatError } from "../answer.ts";
import type { CommandHandler, CommandPort } from "../command-port.ts";

const GB = 1_000_000_000;
const systemDisk = (mac: MacModel) => mac.disks[0];
const wifi = (mac: MacModel) => mac.network.find((card) => card.port === "Wi-Fi");

/** Apple: DeviceInformationResponse.QueryResponses, the keys that a Mac has. Unknown queries are left out of the answer. */
const readers: Readonly<Record<string, (mac: MacModel, port: CommandPort) => PlistValue | undefined>> = {
  UDID: (mac) => mac.udid,
  ProvisioningUDID: (mac) => (mac.hardware.isAppleSilicon ? mac.provisioningUdid : undefined),
  OrganizationInfo: (mac) => mac.organization,
  MDMOptions: ({ mdmOptions }) => ({
    ActivationLockAllowedWhileSupervised: mdmOptions.activationLockAllowed,
    BootstrapTokenAllowed: mdmOptions.bootstrapTokenAllowed,
    PromptUserToAllowBootstrapTokenForAuthentication: mdmOptions.promptForBootstrapToken,
  }),
  AwaitingConfiguration: (mac) => mac.isAwaitingConfiguration,
  DeviceName: (mac) => mac.name,
  OSVersion: (mac) => mac.os.version,
  SupplementalBuildVersion: (mac) => mac.os.build,
  BuildVersion: (mac) => mac.os.build,
  ModelName: (mac) => mac.hardware.family,
  Model: (mac) => mac.hardware.model,
  ModelNumber: (mac) => mac.hardware.modelNumber,
  IsAppleSilicon: (mac) => mac.hardware.isAppleSilicon,
  ProductName: (mac) => mac.hardware.model,
  SerialNumber: (mac) => mac.serialNumber,
  DeviceCapacity: (mac) => new PlistReal((systemDisk(mac)?.sizeBytes ?? 0) / GB),
  AvailableDeviceCapacity: (mac) => new PlistReal((systemDisk(mac)?.freeBytes ?? 0) / GB),
  HasBattery: (mac) => mac.hardware.isLaptop,
  BatteryLevel: (mac) => (mac.hardware.isLaptop ? new PlistReal(0.83) : undefined),
  IsSupervised: (mac) => mac.isSupervised,
  IsActivationLockEnabled: (mac) => mac.activationLock.isOn,
  IsActivationLockSupported: (mac) => mac.hardware.isAppleSilicon,
  SupportsLOMDevice: () => false,
  ActiveManagedUsers: (mac) => mac.users.filter((user) => user.name === mac.consoleUser).map((user) => user.guid),
  OSUpdateSettings: () => ({
    AutoCheckEnabled: true,
    AutomaticAppInstallationEnabled: false,
    AutomaticOSInstallationEnabled: false,
    AutomaticSecurityUpdatesEnabled: true,
    BackgroundDownloadEnabled: true,
    CatalogURL: "",
    IsDefaultCatalog: true,
    PerformPeriodicCheck: true,
    PreviousScanResult: "0",
  }),
  LocalHostName: (mac) => mac.localHostName,
  HostName: (mac) => mac.hostName ?? `${mac.localHostName}.local`,
  AutoSetupAdminAccounts: (mac) =>
    mac.isAutomated
      ? mac.users.filter((user) => user.isAutoAdmin).map((user) => ({ GUID: user.guid, shortName: user.name }))
      : undefined,
  EACSPreflight: (mac) => mac.erasePreflight,
  SystemIntegrityProtectionEnabled: (mac) => mac.sip,
  iTunesStoreAccountIsActive: () => false,
  PushToken: (_mac, port) => Buffer.from(port.pushToken(), "hex"),
  BluetoothMAC: (mac) => mac.network[0]?.mac,
  WiFiMAC: (mac) => wifi(mac)?.mac,
  EthernetMAC: (mac) => mac.network.find((card) => card.port === "Ethernet")?.mac,
  // Every Intel Mac of ours has a T2.
  PINRequiredForEraseDevice: () => false,
  PINRequiredForDeviceLock: () => true,
  SupportsiOSAppInstalls: (mac) => mac.hardware.isAppleSilicon,
  SoftwareUpdateDeviceID: (mac) =>
    `${mac.hardware.isAppleSilicon ? "J" : "Mac-"}${mac.hardware.model.replace(/\D/g, "")}AP`,
};

/** What User Enrollment keeps back. */
const NAMES_HARDWARE: ReadonlySet<string> = new Set([
  "BluetoothMAC",
  "DevicePropertiesAttestation",
  "EthernetMAC",
  "ProvisioningUDID",
  "SerialNumber",
  "UDID",
  "WiFiMAC",
]);

/** Apple: DeviceInformation. Without `Queries` the command is malformed. */
export const deviceInformation: CommandHandler = (mac, command) => {
  const queries = getArray(command, "Queries");
  if (queries === undefined || queries.some((query) => typeof query !== "string"))
    return formatError("Queries is missing.");
  const answers: Record<string, PlistValue> = {};
  for (const query of queries as readonly string[]) {
    if (mac.model.userEnrollment !== undefined && NAMES_HARDWARE.has(query)) continue;
    if (query === "DevicePropertiesAttestation") {
      const chain = mac.attest(getData(command, "DeviceAttestationNonce"));
      if (chain !== undefined) answers[query] = chain;
      continue;
    }
    const value = Object.hasOwn(readers, query) ? readers[query]?.(mac.model, mac) : undefined;
    if (value !== undefined) answers[query] = value;
  }
  return acknowledged({ QueryResponses: answers });
};
