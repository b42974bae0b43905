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
  /** Enrolled by automated enrollment: what SecurityInfo calls EnrolledViaDEP. */
  isAutomated: boolean;
  /** Setup Assistant waits for DeviceConfigured; nothing else ends it. */
  isAwaitingConfiguration: boolean;
  /** While a person's own Mac is managed by User Enrollment: it says nothing that names the hardware. */
  userEnrollment: UserEnrollment | undefined;
  /** What AccountConfiguration asked Setup Assistant to do, until it goes on. */
  accountSetup: AccountSetup | undefined;
  /** Key and escrow of FileVault; whether it is on says `fileVault`. */
  recovery: FileVaultRecovery;
  /** Apple silicon: the password that recoveryOS asks for. */
  recoveryLock: string | undefined;
  /** Intel: the password that the firmware asks for, and the one that counts after the next start. */
  firmwarePassword: string | undefined;
  nextFirmwarePassword: string | undefined;
  allowOptionRoms: boolean;
  activationLock: ActivationLock;
  remoteDesktop: boolean;
  bluetooth: boolean;
  /** As Settings set it; undefined until then. */
  hostName: string | undefined;
  mdmOptions: MdmOptions;
  /** Apple's OrganizationInfo, as Settings set it. */
  organization: Record<string, string> | undefined;
  updates: SystemUpdate[];
  /** By bundle identifier: what MDM installed as managed. */
  managedApplications: Record<string, ManagedApplication>;
  provisioningProfiles: { name: string; uuid: string; expiresAt: number }[];
  contentCaching: { isOn: boolean; usedBytes: number; servedBytes: number };
  /** What AirPlay finds on the network, and where the screen goes. */
  airPlayReceivers: string[];
  /** What Apple's store would install with the organization's licences: bundle identifier and name by number. */
  storeLicenses: Record<number, { bundleId: string; name: string; version: string }>;
  /** Declarative management was turned on. */
  usesDeclarations: boolean;

  mirroringTo: string | undefined;
  /** What EACSPreflight says: `success`, or why Erase All Content and Settings cannot run. */
  erasePreflight: string;
  /** How it was erased; a Mac that was stands in Setup Assistant and knows nothing of before. */
  erased: "contents" | "obliterated" | undefined;
}

/** What a Mac is called that belongs to its user (Apple: User Enrollment); made anew for each enrollment. */
export interface UserEnrollment {
  enrollmentId: string;
  enrollmentUserId: string;
  /** Of the user's channel, in hex. */
  pushToken: string;
}

/** What AccountConfiguration asks for. */
export interface AccountSetup {
  skipsPrimary: boolean;
  primaryIsAdmin: boolean;
  primaryFullName: string | undefined;
  primaryUserName: string | undefined;
}

/**
 * FileVault's personal recovery key and where it goes. `escrow` is the certificate of an installed FDERecoveryKeyEscrow payload;
 * `cms` holds the key encrypted to it, and only a key that was made after the payload came has one.
 */
export interface FileVaultRecovery {
  /** `ABCD-EFGH-IJKL-MNOP-QRST-UVWX`; undefined for a disk that only passwords open. */
  personalKey: string | undefined;
  hasInstitutionalKey: boolean;
  escrow: { profileIdentifier: string; certificate: string; location: string } | undefined;
  /** Base64 of a CMS EnvelopedData; lies at /var/db/FileVaultPRK.dat too. */
  cms: string | undefined;
  /** macOS does not always send the key back that RotateFileVaultKey made; then SecurityInfo alone has it. */
  omitsKeyFromAnswer: boolean;
}

export interface ActivationLock {
  /** Whether its user's Find My locked it. */
  isOn: boolean;
  /** Made when the Mac became supervised; given out for 15 days. */
  bypassCode: string | undefined;
  supervisedAt: number | undefined;
}

/** Apple: Settings, MDMOptions. */
export interface MdmOptions {
  bootstrapTokenAllowed: boolean;
  activationLockAllowed: boolean;
  promptForBootstrapToken: boolean;
}

export interface SystemUpdate {
  productKey: string;
  name: string;
  version: string;
  build: string;
  sizeBytes: number;
  needsRestart: boolean;
  status: "Idle" | "Downloading" | "Installing";
  /** 0..1 */
  downloaded: number;
}

export interface ManagedApplication {
  status: string;
  flags: number;
  hasConfiguration: boolean;
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
  /** What its person types; undefined for an account that came as a hash and has no person. */
  password: string | undefined;
  /** Base64 of Apple's ShadowHashData, a binary plist with SALTED-SHA512-PBKDF2. */
  passwordHash: string | undefined;
  /** Too many wrong passwords. */
  isLocked: boolean;
  isMobileAccount: boolean;
  isHidden: boolean;
  /** Made by AccountConfiguration: the only kind that SetAutoAdminPassword changes. */
  isAutoAdmin: boolean;
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
