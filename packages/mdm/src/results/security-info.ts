import { getBoolean, getData, getDictionary, getString, type PlistDictionary } from "@pomona/plist";
import { present } from "../present.ts";

/** A Mac's answer to SecurityInfo, as far as it is used. */
export interface SecurityInfo {
  readonly isFileVaultEnabled?: boolean;
  readonly hasPersonalRecoveryKey?: boolean;
  /** The recovery key as CMS, encrypted to the certificate of the escrow payload. */
  readonly personalRecoveryKeyCms?: Uint8Array;
  readonly isSipEnabled?: boolean;
  readonly isFirewallEnabled?: boolean;
  /** `off`, `medium` or `full`, as Apple spells them; free text to us. */
  readonly secureBootLevel?: string;
  readonly isEnrolledViaDep?: boolean;
  readonly isUserApproved?: boolean;
  readonly isUserEnrollment?: boolean;
  readonly isBootstrapTokenAllowed?: boolean;
  readonly isRecoveryLockEnabled?: boolean;
}

export function readSecurityInfo(report: PlistDictionary): SecurityInfo {
  const info = getDictionary(report, "SecurityInfo") ?? {};
  const firewall = getDictionary(info, "FirewallSettings") ?? {};
  const secureBoot = getDictionary(info, "SecureBoot") ?? {};
  const management = getDictionary(info, "ManagementStatus") ?? {};
  // Not a boolean at Apple: "allowed", "disallowed" or "not supported".
  const bootstrap = getString(info, "BootstrapTokenAllowedForAuthentication");
  return present({
    isFileVaultEnabled: getBoolean(info, "FDE_Enabled"),
    hasPersonalRecoveryKey: getBoolean(info, "FDE_HasPersonalRecoveryKey"),
    personalRecoveryKeyCms: getData(info, "FDE_PersonalRecoveryKeyCMS"),
    isSipEnabled: getBoolean(info, "SystemIntegrityProtectionEnabled"),
    isFirewallEnabled: getBoolean(firewall, "FirewallEnabled"),
    secureBootLevel: getString(secureBoot, "SecureBootLevel")?.slice(0, 100),
    isEnrolledViaDep: getBoolean(management, "EnrolledViaDEP"),
    isUserApproved: getBoolean(management, "UserApprovedEnrollment"),
    isUserEnrollment: getBoolean(management, "IsUserEnrollment"),
    isBootstrapTokenAllowed: bootstrap === undefined ? undefined : bootstrap === "allowed",
    isRecoveryLockEnabled: getBoolean(info, "IsRecoveryLockEnabled"),
  });
}
