import { type Static, Type } from "typebox";
import { closed, Id, nullable, oneOf, Time } from "../shapes.ts";

export const ChannelHealth = closed({
  /** `unknown` until it was tried. */
  health: oneOf("up", "down", "unknown"),
  lastUsedAt: nullable(Time),
  /** In the field's words, why it is down. */
  detail: nullable(Type.String()),
});

export const Disk = closed({ name: Type.String(), sizeBytes: Type.Number(), freeBytes: Type.Number() });
export const LocalUser = closed({
  name: Type.String(),
  fullName: Type.String(),
  uid: Type.Integer(),
  admin: Type.Boolean(),
});
export const NetworkInterface = closed({
  name: Type.String(),
  mac: Type.String(),
  addresses: Type.Array(Type.String()),
});

/** What the Mac says of itself, with its source and when it was said. A key that was never reported is missing. */
export const DeviceFacts = Type.Partial(
  closed({
    uptimeSeconds: Type.Number(),
    bootedAt: Time,
    disks: Type.Array(Disk),
    users: Type.Array(LocalUser),
    fileVault: Type.Boolean(),
    sip: Type.Boolean(),
    network: Type.Array(NetworkInterface),
    buildVersion: Type.String(),
    hostName: Type.String(),
    processor: Type.String(),
    memoryBytes: Type.Number(),
    supervised: Type.Boolean(),
    bootstrapTokenEscrowed: Type.Boolean(),
    secureBoot: Type.String(),
    firewall: Type.Boolean(),
    /** Apple's `Model`, such as `Mac15,6`; `model` of the device is the name for people. */
    modelIdentifier: Type.String(),
    modelNumber: Type.String(),
    /** Apple's software knows the Mac under this name: which systems fit it. */
    softwareUpdateDeviceId: Type.String(),
    provisioningUdid: Type.String(),
    appleSilicon: Type.Boolean(),
    hasBattery: Type.Boolean(),
    supportsLightsOut: Type.Boolean(),
    /** A person approved the enrollment, or it was automated. */
    userApproved: Type.Boolean(),
    enrolledViaDep: Type.Boolean(),
    /** Setup Assistant waits for the server. */
    awaitingConfiguration: Type.Boolean(),
    activationLock: Type.Partial(closed({ enabled: Type.Boolean(), supported: Type.Boolean() })),
    /** Whether management may use Activation Lock; it depends on the kind of enrollment. */
    activationLockManageable: Type.Boolean(),
    fileVaultKeys: closed({ personal: Type.Boolean(), institutional: Type.Boolean() }),
    /** Apple silicon: whether a password guards recoveryOS; Intel: whether one guards the firmware. */
    recoveryLock: Type.Boolean(),
    firmwarePassword: closed({ isSet: Type.Boolean(), isChangePending: Type.Boolean() }),
    bootstrapToken: Type.Partial(
      closed({
        /** Apple's words: `allowed`, `disallowed`, `not supported`. */
        authentication: Type.String(),
        requiredForSoftwareUpdate: Type.Boolean(),
        requiredForKernelExtensions: Type.Boolean(),
      }),
    ),
    externalBoot: Type.String(),
    authenticatedRootVolume: Type.Boolean(),
    firewallOptions: Type.Partial(
      closed({ blocksAllIncoming: Type.Boolean(), stealth: Type.Boolean(), logging: Type.Boolean() }),
    ),
    remoteDesktop: Type.Boolean(),
    /** Accounts that the server had Setup Assistant make; the only ones whose password it can change. */
    autoAdmins: Type.Array(closed({ guid: Type.String(), name: Type.String() })),
    /** Whether Erase All Content and Settings can run: `success`, or why not. */
    erasePreflight: Type.String(),
    pinRequiredForErase: Type.Boolean(),
    pinRequiredForLock: Type.Boolean(),
    softwareUpdateSettings: Type.Partial(
      closed({
        checks: Type.Boolean(),
        downloads: Type.Boolean(),
        installsSystem: Type.Boolean(),
        installsSecurity: Type.Boolean(),
        installsApplications: Type.Boolean(),
        lastScanAt: Time,
      }),
    ),
  }),
);
export type DeviceFacts = Static<typeof DeviceFacts>;

/** What a Mac in Setup Assistant waited for before it got `DeviceConfigured` (automated enrollment only). */
export const DeviceSetup = closed({
  /** `working`: it waits for us; `releasing`: `DeviceConfigured` is on its way; `ended`. */
  state: oneOf("working", "releasing", "ended"),
  beganAt: Time,
  deadlineAt: Time,
  endedAt: nullable(Time),
  /** Why it was let go: all was done, the time was up, or the Mac said itself that it waits no longer. */
  reason: nullable(oneOf("finished", "deadline", "mac-went-on")),
  /** In words, what was not finished, or failed, when it was let go. */
  unfinished: Type.Array(Type.String()),
});
export type DeviceSetup = Static<typeof DeviceSetup>;

export const Device = closed({
  id: Id,
  tenantId: Type.String(),
  serialNumber: nullable(Type.String()),
  name: Type.String(),
  model: Type.String(),
  osVersion: Type.String(),
  createdAt: Time,
  /** Set when two bodies used one identity; orders and commands are held until a person looks. */
  quarantine: nullable(Type.String()),
  mdm: closed({
    enrolled: Type.Boolean(),
    lastSeenAt: nullable(Time),
    enrolledAt: nullable(Time),
    udid: nullable(Type.String()),
    /** Whether a push token is known and APNs did not refuse it. */
    pushable: Type.Boolean(),
    /** Enrolled by its user's Managed Apple Account: Apple keeps serial number and UDID back, and allows less. */
    userEnrollment: Type.Boolean(),
    /** null when it never waited in Setup Assistant. */
    setup: nullable(DeviceSetup),
  }),
  agent: closed({
    installed: Type.Boolean(),
    online: Type.Boolean(),
    version: nullable(Type.String()),
    lastSeenAt: nullable(Time),
    channels: closed({ wire: ChannelHealth, wake: ChannelHealth, net: ChannelHealth }),
    sensor: closed({ state: Type.String(), detail: Type.String() }),
  }),
  facts: DeviceFacts,
  factsAt: nullable(Time),
});
export type Device = Static<typeof Device>;

export const Application = closed({
  name: Type.String(),
  bundleId: Type.String(),
  version: Type.String(),
  path: nullable(Type.String()),
  sizeBytes: nullable(Type.Number()),
  source: oneOf("mdm", "agent"),
});
export type Application = Static<typeof Application>;

export const InstalledProfile = closed({
  identifier: Type.String(),
  uuid: Type.String(),
  displayName: Type.String(),
  organization: Type.String(),
  managed: Type.Boolean(),
  payloads: Type.Array(closed({ identifier: Type.String(), type: Type.String() })),
});
export type InstalledProfile = Static<typeof InstalledProfile>;

export const InstalledCertificate = closed({
  commonName: Type.String(),
  isIdentity: Type.Boolean(),
  notAfter: nullable(Time),
  sha256: Type.String(),
});
export type InstalledCertificate = Static<typeof InstalledCertificate>;

/** An account of a Mac, as UserList has it. */
export const MacUser = closed({
  name: Type.String(),
  fullName: Type.String(),
  uid: Type.Integer(),
  guid: Type.String(),
  isLoggedIn: Type.Boolean(),
  isMobileAccount: Type.Boolean(),
  /** null: the Mac did not say. */
  hasSecureToken: nullable(Type.Boolean()),
});
export type MacUser = Static<typeof MacUser>;

/** An application that MDM installed as managed, or is about to. */
export const ManagedApplication = closed({
  bundleId: Type.String(),
  /** Apple's word: `Managed`, `Installing`, `Failed` ... */
  status: Type.String(),
  isRemovedWithEnrollment: Type.Boolean(),
  hasConfiguration: Type.Boolean(),
});
export type ManagedApplication = Static<typeof ManagedApplication>;

export const ProvisioningProfile = closed({ name: Type.String(), uuid: Type.String(), expiresAt: nullable(Time) });
export type ProvisioningProfile = Static<typeof ProvisioningProfile>;

/** A system update that a Mac offers, and how far it has come. */
export const SystemUpdate = closed({
  productKey: Type.String(),
  name: Type.String(),
  version: Type.String(),
  build: Type.String(),
  downloadBytes: nullable(Type.Number()),
  isMajor: Type.Boolean(),
  isCritical: Type.Boolean(),
  needsRestart: Type.Boolean(),
  needsBootstrapToken: Type.Boolean(),
  deferredUntil: nullable(Time),
});
export type SystemUpdate = Static<typeof SystemUpdate>;

/** How far the updates of a Mac have come. */
export const SystemUpdateProgress = closed({
  productKey: Type.String(),
  /** `Idle`, `Downloading`, `Installing`. */
  status: Type.String(),
  isDownloaded: Type.Boolean(),
  /** 0..1 */
  downloaded: Type.Number(),
  deferralsRemaining: nullable(Type.Integer()),
  nextInstallAt: nullable(Time),
});
export type SystemUpdateProgress = Static<typeof SystemUpdateProgress>;

/** What a Mac's content cache says of itself; sizes in bytes. */
export const ContentCaching = closed({
  isActivated: Type.Boolean(),
  isActive: Type.Boolean(),
  /** `OK`, `LOWSPACE`. */
  cacheStatus: nullable(Type.String()),
  usedBytes: nullable(Type.Number()),
  freeBytes: nullable(Type.Number()),
  limitBytes: nullable(Type.Number()),
  servedToClientsBytes: nullable(Type.Number()),
  fetchedFromOriginBytes: nullable(Type.Number()),
  port: nullable(Type.Integer()),
  publicAddress: nullable(Type.String()),
  privateAddresses: Type.Array(Type.String()),
  registrationError: nullable(Type.String()),
  /** Apple's class names. */
  alerts: Type.Array(Type.String()),
});
export type ContentCaching = Static<typeof ContentCaching>;

export const TimelineEntry = closed({
  id: Type.String(),
  position: Type.Integer(),
  at: Time,
  /** A fact's type. */
  type: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type TimelineEntry = Static<typeof TimelineEntry>;
