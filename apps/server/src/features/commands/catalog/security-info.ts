import type { DeviceFacts } from "@pomona/contract";
import { readSecurityInfo, type SecurityInfo } from "@pomona/mdm";
import { mergeDeviceFacts } from "../../devices/index.ts";
import { defineCommand } from "../define-command.ts";
import { emptyInput } from "./parts/empty-input.ts";
import { known } from "./parts/known.ts";

/** The recovery key that an answer may hold is a secret: escrow takes it, and it is no fact. */
export const securityInfo = defineCommand({
  requestType: "SecurityInfo",
  summary: "Ask for FileVault, firewall, SIP, secure boot and management",
  risk: "read",
  input: emptyInput,
  payload: () => ({}),
  onAcknowledged: (tx, deviceId, report) =>
    mergeDeviceFacts(tx, deviceId, { facts: factsOf(readSecurityInfo(report)) }),
});

const unlessEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

const factsOf = (said: SecurityInfo): DeviceFacts =>
  known<DeviceFacts>({
    fileVault: said.isFileVaultEnabled,
    fileVaultKeys:
      said.hasPersonalRecoveryKey === undefined && said.hasInstitutionalRecoveryKey === undefined
        ? undefined
        : {
            personal: said.hasPersonalRecoveryKey ?? false,
            institutional: said.hasInstitutionalRecoveryKey ?? false,
          },
    sip: said.isSipEnabled,
    firewall: said.isFirewallEnabled,
    firewallOptions: unlessEmpty(
      known({
        blocksAllIncoming: said.blocksAllIncoming,
        stealth: said.isFirewallStealthy,
        logging: said.isFirewallLogging,
      }),
    ),
    secureBoot: said.secureBootLevel,
    externalBoot: said.externalBootLevel,
    authenticatedRootVolume: said.isRootVolumeAuthenticated,
    enrolledViaDep: said.isEnrolledViaDep,
    userApproved: said.isUserApproved,
    remoteDesktop: said.isRemoteDesktopEnabled,
    recoveryLock: said.isRecoveryLockEnabled,
    firmwarePassword:
      said.hasFirmwarePassword === undefined
        ? undefined
        : { isSet: said.hasFirmwarePassword, isChangePending: said.isFirmwareChangePending ?? false },
    bootstrapToken: unlessEmpty(
      known({
        authentication: said.bootstrapTokenAuthentication,
        requiredForSoftwareUpdate: said.isBootstrapTokenRequiredForUpdate,
        requiredForKernelExtensions: said.isBootstrapTokenRequiredForKernelExtensions,
      }),
    ),
    activationLockManageable: said.isActivationLockManageable,
  });
