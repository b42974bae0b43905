import { makePersonalKey } from "./file-vault.ts";
import type { MacModel, User } from "./mac-model.ts";
import { operatingSystems } from "./operating-systems.ts";
import { seededRandom } from "./random.ts";

type SecurityState = Pick<
  MacModel,
  | "isAutomated"
  | "isAwaitingConfiguration"
  | "userEnrollment"
  | "accountSetup"
  | "recovery"
  | "recoveryLock"
  | "firmwarePassword"
  | "nextFirmwarePassword"
  | "allowOptionRoms"
  | "activationLock"
  | "remoteDesktop"
  | "bluetooth"
  | "hostName"
  | "mdmOptions"
  | "organization"
  | "updates"
  | "managedApplications"
  | "provisioningProfiles"
  | "contentCaching"
  | "airPlayReceivers"
  | "storeLicenses"
  | "usesDeclarations"
  | "mirroringTo"
  | "erasePreflight"
  | "erased"
>;

/** What an account has beside its name: nothing unusual. */
export const plainUser = (): Pick<
  User,
  "password" | "passwordHash" | "isLocked" | "isMobileAccount" | "isHidden" | "isAutoAdmin"
> => ({
  password: undefined,
  passwordHash: undefined,
  isLocked: false,
  isMobileAccount: false,
  isHidden: false,
  isAutoAdmin: false,
});

/** Keys, locks and options of a Mac that nobody managed yet; the same seed gives the same. */
export function makeSecurityState(seed: string | number): SecurityState {
  const random = seededRandom(`security ${seed}`);
  const [newest] = operatingSystems;
  return {
    isAutomated: false,
    isAwaitingConfiguration: false,
    userEnrollment: undefined,
    accountSetup: undefined,
    recovery: {
      personalKey: makePersonalKey((length, alphabet) => random.text(alphabet, length)),
      hasInstitutionalKey: false,
      escrow: undefined,
      cms: undefined,
      omitsKeyFromAnswer: false,
    },
    recoveryLock: undefined,
    firmwarePassword: undefined,
    nextFirmwarePassword: undefined,
    allowOptionRoms: false,
    activationLock: { isOn: random.chance(0.2), bypassCode: undefined, supervisedAt: undefined },
    remoteDesktop: false,
    bluetooth: true,
    hostName: undefined,
    mdmOptions: { bootstrapTokenAllowed: false, activationLockAllowed: false, promptForBootstrapToken: false },
    organization: undefined,
    updates: [
      {
        productKey: `MSU_UPDATE_${newest.build}_full_${newest.version}`,
        name: `macOS Tahoe ${newest.version}`,
        version: newest.version,
        build: newest.build,
        sizeBytes: 6_442_450_944,
        needsRestart: true,
        status: "Idle",
        downloaded: 0,
      },
    ],
    managedApplications: {},
    provisioningProfiles: [],
    contentCaching: { isOn: random.chance(0.05), usedBytes: random.integer(0, 50) * 1e9, servedBytes: 0 },
    airPlayReceivers: ["Meeting room"],
    storeLicenses: { 409201541: { bundleId: "com.apple.iWork.Pages", name: "Pages", version: "14.4" } },
    usesDeclarations: false,
    mirroringTo: undefined,
    erasePreflight: "success",
    erased: undefined,
  };
}
