import { getBoolean, getDictionary, getString, type PlistDictionary } from "@pomona/plist";
import { present } from "../present.ts";
import { readEscrowedRecoveryKey } from "./secrets.ts";

/** A Mac's answer to SecurityInfo. Free texts are Apple's words. */
export interface SecurityInfo {
  readonly isFileVaultEnabled?: boolean;
  readonly hasPersonalRecoveryKey?: boolean;
  readonly hasInstitutionalRecoveryKey?: boolean;
  /** The recovery key as CMS, encrypted to the certificate of the escrow payload. A secret: see `readEscrowedRecoveryKey`. */
  readonly personalRecoveryKeyCms?: Uint8Array;
  readonly isSipEnabled?: boolean;
  readonly isFirewallEnabled?: boolean;
  readonly blocksAllIncoming?: boolean;
  readonly isFirewallStealthy?: boolean;
  readonly isFirewallLogging?: boolean;
  /** `off`, `medium`, `full` or `not supported`. */
  readonly secureBootLevel?: string;
  /** `allowed`, `disallowed` or `not supported`. */
  readonly externalBootLevel?: string;
  readonly isEnrolledViaDep?: boolean;
  readonly isUserApproved?: boolean;
  readonly isUserEnrollment?: boolean;
  readonly isActivationLockManageable?: boolean;
  readonly isRemoteDesktopEnabled?: boolean;
  readonly isRootVolumeAuthenticated?: boolean;
  /** `allowed`, `disallowed` or `not supported`. */
  readonly bootstrapTokenAuthentication?: string;
  readonly isBootstrapTokenAllowed?: boolean;
  readonly isBootstrapTokenRequiredForUpdate?: boolean;
  readonly isBootstrapTokenRequiredForKernelExtensions?: boolean;
  readonly isRecoveryLockEnabled?: boolean;
  readonly hasFirmwarePassword?: boolean;
  readonly isFirmwareChangePending?: boolean;
}

export function readSecurityInfo(report: PlistDictionary): SecurityInfo {
  const info = getDictionary(report, "SecurityInfo") ?? {};
  const firewall = getDictionary(info, "FirewallSettings") ?? {};
  const firmware = getDictionary(info, "FirmwarePasswordStatus") ?? {};
  const secureBoot = getDictionary(info, "SecureBoot") ?? {};
  const management = getDictionary(info, "ManagementStatus") ?? {};
  const word = (dictionary: PlistDictionary, key: string) => getString(dictionary, key)?.slice(0, 100);
  // Not a boolean at Apple: "allowed", "disallowed" or "not supported".
  const bootstrap = word(info, "BootstrapTokenAllowedForAuthentication");
  return present({
    isFileVaultEnabled: getBoolean(info, "FDE_Enabled"),
    hasPersonalRecoveryKey: getBoolean(info, "FDE_HasPersonalRecoveryKey"),
    hasInstitutionalRecoveryKey: getBoolean(info, "FDE_HasInstitutionalRecoveryKey"),
    personalRecoveryKeyCms: readEscrowedRecoveryKey(report),
    isSipEnabled: getBoolean(info, "SystemIntegrityProtectionEnabled"),
    isFirewallEnabled: getBoolean(firewall, "FirewallEnabled"),
    blocksAllIncoming: getBoolean(firewall, "BlockAllIncoming"),
    isFirewallStealthy: getBoolean(firewall, "StealthMode"),
    isFirewallLogging: getBoolean(firewall, "LoggingEnabled"),
    secureBootLevel: word(secureBoot, "SecureBootLevel"),
    externalBootLevel: word(secureBoot, "ExternalBootLevel"),
    isEnrolledViaDep: getBoolean(management, "EnrolledViaDEP"),
    isUserApproved: getBoolean(management, "UserApprovedEnrollment"),
    isUserEnrollment: getBoolean(management, "IsUserEnrollment"),
    isActivationLockManageable: getBoolean(management, "IsActivationLockManageable"),
    isRemoteDesktopEnabled: getBoolean(info, "RemoteDesktopEnabled"),
    isRootVolumeAuthenticated: getBoolean(info, "AuthenticatedRootVolumeEnabled"),
    bootstrapTokenAuthentication: bootstrap,
    isBootstrapTokenAllowed: bootstrap === undefined ? undefined : bootstrap === "allowed",
    isBootstrapTokenRequiredForUpdate: getBoolean(info, "BootstrapTokenRequiredForSoftwareUpdate"),
    isBootstrapTokenRequiredForKernelExtensions: getBoolean(info, "BootstrapTokenRequiredForKernelExtensionApproval"),
    isRecoveryLockEnabled: getBoolean(info, "IsRecoveryLockEnabled"),
    hasFirmwarePassword: getBoolean(firmware, "PasswordExists"),
    isFirmwareChangePending: getBoolean(firmware, "ChangePending"),
  });
}
