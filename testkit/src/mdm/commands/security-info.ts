import { acknowledged } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** Apple: SecurityInfo, the keys that a Mac has. */
export const securityInfo: CommandHandler = ({ model }) =>
  acknowledged({
    SecurityInfo: {
      FDE_Enabled: model.fileVault,
      ...(model.fileVault ? { FDE_HasPersonalRecoveryKey: true, FDE_HasInstitutionalRecoveryKey: false } : {}),
      SystemIntegrityProtectionEnabled: model.sip,
      FirewallSettings: {
        FirewallEnabled: model.firewall,
        BlockAllIncoming: false,
        StealthMode: false,
        LoggingEnabled: true,
        LoggingOption: "throttled",
        Applications: [],
      },
      ...(model.hardware.isAppleSilicon
        ? { IsRecoveryLockEnabled: false }
        : { FirmwarePasswordStatus: { PasswordExists: false, ChangePending: false, AllowOroms: true } }),
      ManagementStatus: {
        EnrolledViaDEP: false,
        UserApprovedEnrollment: true,
        IsUserEnrollment: false,
        IsActivationLockManageable: model.isSupervised,
      },
      SecureBoot: {
        SecureBootLevel: "full",
        ...(model.hardware.isAppleSilicon ? {} : { ExternalBootLevel: "disallowed" }),
      },
      RemoteDesktopEnabled: false,
      AuthenticatedRootVolumeEnabled: true,
      BootstrapTokenAllowedForAuthentication: model.hardware.isAppleSilicon ? "allowed" : "not supported",
      BootstrapTokenRequiredForSoftwareUpdate: model.hardware.isAppleSilicon,
      BootstrapTokenRequiredForKernelExtensionApproval: model.hardware.isAppleSilicon,
    },
  });
