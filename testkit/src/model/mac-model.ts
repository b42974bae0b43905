/**
 * What a virtual Mac is and holds: everything that its MDM client and its userland report. Plain JSON, so that it can be kept on
 * the Mac's disk; it changes as commands, profiles and people change the Mac.
 */
export interface MacModel {
  serialNumber: string;
  /** The hardware UUID in upper case; what MDM calls UDID on a Mac. */
  udid: string;
  provisioningUdid: string;
  name: string;
  localHostName: string;
  hardware: Hardware;
  os: OperatingSystem;
  disks: Disk[];
  network: NetworkInterface[];
  users: User[];
  /** Who sits in front of it; undefined at the login window. */
  consoleUser: string | undefined;
  applications: Application[];
  profiles: InstalledProfile[];
  certificates: InstalledCertificate[];
  fileVault: boolean;
  sip: boolean;
  firewall: boolean;
  isSupervised: boolean;
  /** Base64 of the token that was escrowed; undefined until then. */
  bootstrapToken: string | undefined;
  bootedAt: number;
  /** A new one at each start; what `sysctl kern.bootsessionuuid` says. */
  bootSession: string;
  lock: { pin: string; message: string } | undefined;
}

export interface Hardware {
  /** Such as `Mac15,6`. */
  model: string;
  /** Such as `MacBook Pro (14-inch, Nov 2023)`. */
  marketingName: string;
  /** Such as `MacBook Pro`. */
  family: string;
  modelNumber: string;
  processor: string;
  cores: number;
  isAppleSilicon: boolean;
  isLaptop: boolean;
  memoryBytes: number;
}

export interface OperatingSystem {
  version: string;
  build: string;
  /** Version of Endpoint Security's messages: 9 on macOS 15, 10 on macOS 26. */
  endpointSecurityVersion: 9 | 10;
}

export interface Disk {
  name: string;
  device: string;
  mountPoint: string;
  sizeBytes: number;
  freeBytes: number;
}

export interface NetworkInterface {
  name: string;
  /** As in System Settings: `Wi-Fi`, `Ethernet`. */
  port: string;
  mac: string;
  ipv4: string;
  ipv6: string;
}

export interface User {
  name: string;
  fullName: string;
  uid: number;
  admin: boolean;
  hasSecureToken: boolean;
  guid: string;
}

export interface Application {
  name: string;
  bundleId: string;
  version: string;
  build: string;
  path: string;
  /** The executable inside the bundle. */
  executable: string;
  sizeBytes: number;
  signingId: string;
  teamId: string | undefined;
  /** 40 hex digits, upper case. */
  cdhash: string;
  isPlatformBinary: boolean;
}

export interface InstalledProfile {
  identifier: string;
  uuid: string;
  version: number;
  displayName: string | undefined;
  organization: string | undefined;
  description: string | undefined;
  removalDisallowed: boolean;
  isManaged: boolean;
  source: "MDM" | "Manual";
  /** Base64 DER of the certificates that signed it. */
  signers: string[];
  payloads: InstalledPayload[];
  /** Paths or bundle identifiers to which its PPPC payloads grant Full Disk Access. */
  fullDiskAccess: string[];
  installedAt: number;
}

export interface InstalledPayload {
  type: string;
  identifier: string;
  uuid: string;
  version: number;
  displayName: string | undefined;
}

export interface InstalledCertificate {
  commonName: string;
  /** Base64 DER. */
  der: string;
  isIdentity: boolean;
  /** The profile that brought it; undefined for what was there before. */
  profileIdentifier: string | undefined;
}
