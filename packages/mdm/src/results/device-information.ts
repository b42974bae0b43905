import { getArray, getBoolean, getDictionary, getNumber, getString, type PlistDictionary } from "@pomona/plist";
import { present } from "../present.ts";
import { itemsAt, text as textOrEmpty, textsAt, time } from "./reading.ts";

/** All that a Mac can be asked, but for what has to be wished for; those it does not know it leaves out. */
export const DEVICE_QUERIES: readonly string[] = [
  "UDID",
  "ProvisioningUDID",
  "OrganizationInfo",
  "MDMOptions",
  "AwaitingConfiguration",
  "iTunesStoreAccountIsActive",
  "DeviceName",
  "OSVersion",
  "SupplementalOSVersionExtra",
  "BuildVersion",
  "SupplementalBuildVersion",
  "ModelName",
  "Model",
  "ModelNumber",
  "IsAppleSilicon",
  "ProductName",
  "SerialNumber",
  "DeviceCapacity",
  "AvailableDeviceCapacity",
  "HasBattery",
  "BatteryLevel",
  "IsSupervised",
  "IsActivationLockEnabled",
  "IsActivationLockSupported",
  "ActiveManagedUsers",
  "OSUpdateSettings",
  "LocalHostName",
  "HostName",
  "AutoSetupAdminAccounts",
  "SystemIntegrityProtectionEnabled",
  "SupportsLOMDevice",
  "BluetoothMAC",
  "WiFiMAC",
  "EthernetMAC",
  "PINRequiredForEraseDevice",
  "PINRequiredForDeviceLock",
  "SupportsiOSAppInstalls",
  "SoftwareUpdateDeviceID",
  "EACSPreflight",
];

/** Asked for by name only: Apple makes attestations seldom, and counts them; the others identify people or the push token. */
export const SPECIAL_DEVICE_QUERIES: readonly string[] = [
  "DevicePropertiesAttestation",
  "iTunesStoreAccountHash",
  "PushToken",
];

/** A Mac's answer to DeviceInformation; capacities in bytes, times in ms. */
export interface DeviceInformation {
  readonly deviceName?: string;
  readonly osVersion?: string;
  readonly buildVersion?: string;
  readonly modelName?: string;
  readonly model?: string;
  readonly modelNumber?: string;
  readonly productName?: string;
  readonly serialNumber?: string;
  readonly udid?: string;
  readonly provisioningUdid?: string;
  readonly hostName?: string;
  readonly capacityBytes?: number;
  readonly availableBytes?: number;
  readonly hasBattery?: boolean;
  readonly isSupervised?: boolean;
  readonly isAppleSilicon?: boolean;
  readonly isSipEnabled?: boolean;
  readonly isAwaitingConfiguration?: boolean;
  readonly isActivationLockEnabled?: boolean;
  readonly isActivationLockSupported?: boolean;
  readonly isBootstrapTokenAllowed?: boolean;
  readonly supportsLightsOut?: boolean;
  readonly isPinRequiredForErase?: boolean;
  readonly isPinRequiredForLock?: boolean;
  readonly erasePreflight?: string;
  readonly softwareUpdateDeviceId?: string;
  readonly wifiMac?: string;
  readonly ethernetMac?: string;
  readonly bluetoothMac?: string;
  /** GUIDs of the users with a channel of their own. */
  readonly managedUsers?: readonly string[];
  readonly autoAdmins?: readonly { readonly guid: string; readonly name: string }[];
  readonly softwareUpdateSettings?: SoftwareUpdateSettings;
  /** DER, leaf first; nobody has verified it. */
  readonly attestation?: readonly Uint8Array[];
}

export interface SoftwareUpdateSettings {
  readonly checks?: boolean;
  readonly downloads?: boolean;
  readonly installsSystem?: boolean;
  readonly installsSecurity?: boolean;
  readonly installsApplications?: boolean;
  readonly lastScanAt?: number;
}

/** A chain has three or four certificates. */
const MAX_CHAIN = 10;

export function readDeviceInformation(report: PlistDictionary): DeviceInformation {
  const answers = getDictionary(report, "QueryResponses") ?? {};
  const text = (key: string) => getString(answers, key)?.slice(0, 255);
  const extra = text("SupplementalOSVersionExtra");
  const osVersion = text("OSVersion");
  const unit = capacityUnit(osVersion);
  const bytes = (key: string) => {
    const value = getNumber(answers, key);
    return value === undefined || !Number.isFinite(value) || value < 0 ? undefined : Math.round(value * unit);
  };
  const options = getDictionary(answers, "MDMOptions") ?? {};
  const has = (key: string) => Object.hasOwn(answers, key);
  return present({
    deviceName: text("DeviceName"),
    // A Rapid Security Response shows only in the supplement: "15.1" and "(a)".
    osVersion: osVersion === undefined || extra === undefined ? osVersion : `${osVersion} ${extra}`.trim(),
    buildVersion: text("SupplementalBuildVersion") ?? text("BuildVersion"),
    modelName: text("ModelName"),
    model: text("Model"),
    modelNumber: text("ModelNumber"),
    productName: text("ProductName"),
    serialNumber: text("SerialNumber"),
    udid: text("UDID"),
    provisioningUdid: text("ProvisioningUDID"),
    hostName: text("HostName") ?? text("LocalHostName"),
    capacityBytes: bytes("DeviceCapacity"),
    availableBytes: bytes("AvailableDeviceCapacity"),
    hasBattery: getBoolean(answers, "HasBattery"),
    isSupervised: getBoolean(answers, "IsSupervised"),
    isAppleSilicon: getBoolean(answers, "IsAppleSilicon"),
    isSipEnabled: getBoolean(answers, "SystemIntegrityProtectionEnabled"),
    isAwaitingConfiguration: getBoolean(answers, "AwaitingConfiguration"),
    isActivationLockEnabled: getBoolean(answers, "IsActivationLockEnabled"),
    isActivationLockSupported: getBoolean(answers, "IsActivationLockSupported"),
    isBootstrapTokenAllowed: getBoolean(options, "BootstrapTokenAllowed"),
    supportsLightsOut: getBoolean(answers, "SupportsLOMDevice"),
    isPinRequiredForErase: getBoolean(answers, "PINRequiredForEraseDevice"),
    isPinRequiredForLock: getBoolean(answers, "PINRequiredForDeviceLock"),
    erasePreflight: text("EACSPreflight"),
    softwareUpdateDeviceId: text("SoftwareUpdateDeviceID"),
    wifiMac: text("WiFiMAC"),
    ethernetMac: text("EthernetMAC"),
    bluetoothMac: text("BluetoothMAC"),
    managedUsers: has("ActiveManagedUsers") ? textsAt(answers, "ActiveManagedUsers").slice(0, 1000) : undefined,
    autoAdmins: has("AutoSetupAdminAccounts") ? readAutoAdmins(answers) : undefined,
    softwareUpdateSettings: readUpdateSettings(answers),
    attestation: readAttestation(answers),
  });
}

/** Apple counts in GB of 10^9 bytes since macOS 12, and in units of 2^30 before. */
const capacityUnit = (osVersion: string | undefined): number =>
  Number.parseInt(osVersion ?? "", 10) < 12 ? 2 ** 30 : 1e9;

const readAutoAdmins = (answers: PlistDictionary) =>
  itemsAt(answers, "AutoSetupAdminAccounts")
    .slice(0, 100)
    .map((account) => ({ guid: textOrEmpty(account, "GUID"), name: textOrEmpty(account, "shortName") }));

function readUpdateSettings(answers: PlistDictionary): SoftwareUpdateSettings | undefined {
  const settings = getDictionary(answers, "OSUpdateSettings");
  if (settings === undefined) return undefined;
  return present({
    checks: getBoolean(settings, "AutoCheckEnabled"),
    downloads: getBoolean(settings, "BackgroundDownloadEnabled"),
    installsSystem: getBoolean(settings, "AutomaticOSInstallationEnabled"),
    installsSecurity: getBoolean(settings, "AutomaticSecurityUpdatesEnabled"),
    installsApplications: getBoolean(settings, "AutomaticAppInstallationEnabled"),
    lastScanAt: time(settings, "PreviousScanDate") ?? undefined,
  });
}

function readAttestation(answers: PlistDictionary): readonly Uint8Array[] | undefined {
  const chain = getArray(answers, "DevicePropertiesAttestation");
  if (chain === undefined) return undefined;
  return chain.slice(0, MAX_CHAIN).filter((item) => item instanceof Uint8Array);
}
