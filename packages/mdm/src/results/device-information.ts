import { getBoolean, getDictionary, getNumber, getString, type PlistDictionary } from "@pomona/plist";
import { present } from "../present.ts";

/** What we ask a Mac; those it does not know it leaves out. */
export const DEVICE_QUERIES: readonly string[] = [
  "DeviceName",
  "OSVersion",
  "SupplementalOSVersionExtra",
  "BuildVersion",
  "SupplementalBuildVersion",
  "ModelName",
  "Model",
  "ModelNumber",
  "ProductName",
  "SerialNumber",
  "UDID",
  "DeviceCapacity",
  "AvailableDeviceCapacity",
  "HostName",
  "LocalHostName",
  "IsSupervised",
  "IsAppleSilicon",
  "IsActivationLockEnabled",
  "HasBattery",
  "BatteryLevel",
  "SystemIntegrityProtectionEnabled",
  "SoftwareUpdateDeviceID",
  "TimeZone",
  "BluetoothMAC",
  "WiFiMAC",
  "EthernetMAC",
];

/** A Mac's answer to DeviceInformation; capacities in bytes (Apple sends units of 2^30). */
export interface DeviceInformation {
  readonly deviceName?: string;
  readonly osVersion?: string;
  readonly buildVersion?: string;
  readonly modelName?: string;
  readonly model?: string;
  readonly productName?: string;
  readonly serialNumber?: string;
  readonly udid?: string;
  readonly hostName?: string;
  readonly capacityBytes?: number;
  readonly availableBytes?: number;
  readonly isSupervised?: boolean;
  readonly isAppleSilicon?: boolean;
  readonly isSipEnabled?: boolean;
  readonly wifiMac?: string;
  readonly ethernetMac?: string;
}

const GIB = 2 ** 30;

export function readDeviceInformation(report: PlistDictionary): DeviceInformation {
  const answers = getDictionary(report, "QueryResponses") ?? {};
  const text = (key: string) => getString(answers, key)?.slice(0, 255);
  const bytes = (key: string) => {
    const value = getNumber(answers, key);
    return value === undefined || !Number.isFinite(value) || value < 0 ? undefined : Math.round(value * GIB);
  };
  const extra = text("SupplementalOSVersionExtra");
  const osVersion = text("OSVersion");
  return present({
    deviceName: text("DeviceName"),
    // A Rapid Security Response shows only in the supplement: "15.1" and "(a)".
    osVersion: osVersion === undefined || extra === undefined ? osVersion : `${osVersion} ${extra}`.trim(),
    buildVersion: text("SupplementalBuildVersion") ?? text("BuildVersion"),
    modelName: text("ModelName"),
    model: text("Model"),
    productName: text("ProductName"),
    serialNumber: text("SerialNumber"),
    udid: text("UDID"),
    hostName: text("HostName") ?? text("LocalHostName"),
    capacityBytes: bytes("DeviceCapacity"),
    availableBytes: bytes("AvailableDeviceCapacity"),
    isSupervised: getBoolean(answers, "IsSupervised"),
    isAppleSilicon: getBoolean(answers, "IsAppleSilicon"),
    isSipEnabled: getBoolean(answers, "SystemIntegrityProtectionEnabled"),
    wifiMac: text("WiFiMAC"),
    ethernetMac: text("EthernetMAC"),
  });
}
