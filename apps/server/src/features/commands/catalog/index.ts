import type { AnyCommandDefinition } from "../define-command.ts";
import { accountConfiguration } from "./account-configuration.ts";
import { activationLockBypassCode } from "./activation-lock-bypass-code.ts";
import { availableOsUpdates } from "./available-os-updates.ts";
import { certificateList } from "./certificate-list.ts";
import { clearActivationLockBypassCode } from "./clear-activation-lock-bypass-code.ts";
import { contentCachingInformation } from "./content-caching-information.ts";
import { declarativeManagement } from "./declarative-management.ts";
import { deleteUser } from "./delete-user.ts";
import { deviceConfigured } from "./device-configured.ts";
import { deviceInformation } from "./device-information.ts";
import { deviceLock } from "./device-lock.ts";
import { disableRemoteDesktop } from "./disable-remote-desktop.ts";
import { enableRemoteDesktop } from "./enable-remote-desktop.ts";
import { eraseDevice } from "./erase-device.ts";
import { installApplication } from "./install-application.ts";
import { installEnterpriseApplication } from "./install-enterprise-application.ts";
import { installProfile } from "./install-profile.ts";
import { installProvisioningProfile } from "./install-provisioning-profile.ts";
import { installedApplicationList } from "./installed-application-list.ts";
import { managedApplicationList } from "./managed-application-list.ts";
import { osUpdateStatus } from "./os-update-status.ts";
import { profileList } from "./profile-list.ts";
import { provisioningProfileList } from "./provisioning-profile-list.ts";
import { removeApplication } from "./remove-application.ts";
import { removeProfile } from "./remove-profile.ts";
import { removeProvisioningProfile } from "./remove-provisioning-profile.ts";
import { requestMirroring } from "./request-mirroring.ts";
import { restartDevice } from "./restart-device.ts";
import { rotateFileVaultKey } from "./rotate-file-vault-key.ts";
import { scheduleOsUpdate } from "./schedule-os-update.ts";
import { scheduleOsUpdateScan } from "./schedule-os-update-scan.ts";
import { securityInfo } from "./security-info.ts";
import { setAutoAdminPassword } from "./set-auto-admin-password.ts";
import { setFirmwarePassword } from "./set-firmware-password.ts";
import { setRecoveryLock } from "./set-recovery-lock.ts";
import { settings } from "./settings.ts";
import { shutDownDevice } from "./shut-down-device.ts";
import { stopMirroring } from "./stop-mirroring.ts";
import { unlockUserAccount } from "./unlock-user-account.ts";
import { userList } from "./user-list.ts";
import { verifyFirmwarePassword } from "./verify-firmware-password.ts";
import { verifyRecoveryLock } from "./verify-recovery-lock.ts";

/** Every command that has an entry of its own, in the order of a menu. Apple's others go out by Apple's tables alone. */
export const commandCatalog: ReadonlyMap<string, AnyCommandDefinition> = new Map(
  [
    deviceInformation,
    securityInfo,
    installedApplicationList,
    managedApplicationList,
    profileList,
    provisioningProfileList,
    certificateList,
    userList,
    contentCachingInformation,
    availableOsUpdates,
    osUpdateStatus,
    activationLockBypassCode,
    installProfile,
    removeProfile,
    installProvisioningProfile,
    removeProvisioningProfile,
    installApplication,
    installEnterpriseApplication,
    removeApplication,
    settings,
    declarativeManagement,
    restartDevice,
    shutDownDevice,
    deviceLock,
    eraseDevice,
    enableRemoteDesktop,
    disableRemoteDesktop,
    requestMirroring,
    stopMirroring,
    deleteUser,
    unlockUserAccount,
    accountConfiguration,
    deviceConfigured,
    setAutoAdminPassword,
    setFirmwarePassword,
    verifyFirmwarePassword,
    setRecoveryLock,
    verifyRecoveryLock,
    rotateFileVaultKey,
    clearActivationLockBypassCode,
    scheduleOsUpdate,
    scheduleOsUpdateScan,
  ].map((definition) => [definition.requestType, definition]),
);
