import type { PlistDictionary } from "@pomona/plist";
import type { MacModel } from "../../model/mac-model.ts";
import { acknowledged } from "../answer.ts";
import type { CommandHandler } from "../command-port.ts";

/** The escrowed key is there while the payload is, and only if the key was made after it came. */
function escrowedPrk({ recovery, serialNumber }: MacModel): PlistDictionary {
  const { personalKey, hasInstitutionalKey, escrow, cms } = recovery;
  return {
    FDE_HasPersonalRecoveryKey: personalKey !== undefined,
    FDE_HasInstitutionalRecoveryKey: hasInstitutionalKey,
    ...(escrow === undefined || cms === undefined
      ? {}
      : { FDE_PersonalRecoveryKeyCMS: Buffer.from(cms, "base64"), FDE_PersonalRecoveryKeyDeviceKey: serialNumber }),
  };
}

/** On Apple silicon it follows from automated enrollment; otherwise somebody has to allow it in recoveryOS. */
const bootstrapTokenUse = ({ hardware, isAutomated }: MacModel): string =>
  hardware.isAppleSilicon ? (isAutomated ? "allowed" : "disallowed") : "not supported";

/** Apple: SecurityInfo, the keys that a Mac has. */
export const securityInfo: CommandHandler = ({ model }) =>
  acknowledged({
    SecurityInfo: {
      FDE_Enabled: model.fileVault,
      ...(model.fileVault ? escrowedPrk(model) : {}),
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
        ? { IsRecoveryLockEnabled: model.recoveryLock !== undefined }
        : {
            FirmwarePasswordStatus: {
              PasswordExists: model.firmwarePassword !== undefined,
              ChangePending: model.nextFirmwarePassword !== undefined,
              AllowOroms: model.allowOptionRoms,
            },
          }),
      ManagementStatus: {
        EnrolledViaDEP: model.isAutomated,
        UserApprovedEnrollment: true,
        IsUserEnrollment: model.userEnrollment !== undefined,
        IsActivationLockManageable: model.isSupervised,
      },
      SecureBoot: {
        SecureBootLevel: "full",
        ...(model.hardware.isAppleSilicon ? {} : { ExternalBootLevel: "disallowed" }),
      },
      RemoteDesktopEnabled: model.remoteDesktop,
      AuthenticatedRootVolumeEnabled: true,
      BootstrapTokenAllowedForAuthentication: bootstrapTokenUse(model),
      BootstrapTokenRequiredForSoftwareUpdate: model.hardware.isAppleSilicon,
      BootstrapTokenRequiredForKernelExtensionApproval: model.hardware.isAppleSilicon,
    },
  });
