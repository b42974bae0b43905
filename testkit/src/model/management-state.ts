import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { MacModel } from "./mac-model.ts";

const CODE_ALPHABET = "0123456789ACDEFGHJKLMNPQRTUVWXYZ";
/** Characters between the dashes of an Activation Lock bypass code. */
const CODE_GROUPS: readonly number[] = [5, 5, 4, 4, 4, 4];
/** For how long a Mac hands out its bypass code after it became supervised, in ms. */
const BYPASS_CODE_MS = 15 * 86_400_000;

/** By a person with an invitation, in Setup Assistant as Apple's automated enrollment does it, or as its user's own Mac. */
export type EnrollmentKind = "manual" | "automated" | "user";

/**
 * What an enrollment changes on the Mac itself. Since macOS 11 every device enrollment that a person approved supervises; User
 * Enrollment never does. A Mac that waits in Setup Assistant comes out of its box: nobody has an account on it.
 */
export function becomeManaged(mac: MacModel, kind: EnrollmentKind, awaitsConfiguration: boolean): void {
  const name = (): string => randomUUID().toUpperCase();
  mac.userEnrollment =
    kind === "user"
      ? { enrollmentId: name(), enrollmentUserId: name(), pushToken: randomBytes(32).toString("hex") }
      : undefined;
  mac.erased = undefined;
  if (kind === "user") return;
  mac.isSupervised = true;
  mac.isAutomated = kind === "automated";
  mac.isAwaitingConfiguration = mac.isAutomated && awaitsConfiguration;
  if (mac.isAwaitingConfiguration) {
    mac.users = [];
    mac.consoleUser = undefined;
    mac.fileVault = false;
    mac.recovery.personalKey = undefined;
  }
  mac.activationLock.supervisedAt = Date.now();
  mac.activationLock.bypassCode = makeBypassCode();
}

/** What ends with management. A recovery lock goes with it; a firmware password stays. */
export function becomeUnmanaged(mac: MacModel): void {
  mac.isSupervised = false;
  mac.isAutomated = false;
  mac.isAwaitingConfiguration = false;
  mac.userEnrollment = undefined;
  mac.accountSetup = undefined;
  mac.recoveryLock = undefined;
  mac.organization = undefined;
  const goes = (bundleId: string): boolean => ((mac.managedApplications[bundleId]?.flags ?? 0) & 1) !== 0;
  mac.applications = mac.applications.filter(({ bundleId }) => !goes(bundleId));
  mac.managedApplications = {};
  mac.usesDeclarations = false;
  mac.activationLock = { isOn: mac.activationLock.isOn, bypassCode: undefined, supervisedAt: undefined };
  mac.mdmOptions = { bootstrapTokenAllowed: false, activationLockAllowed: false, promptForBootstrapToken: false };
}

/** At a start a changed firmware password begins to count. */
export function takeFirmwarePassword(mac: MacModel): void {
  const next = mac.nextFirmwarePassword;
  if (next === undefined) return;
  mac.firmwarePassword = next === "" ? undefined : next;
  mac.nextFirmwarePassword = undefined;
}

/** Everything goes: accounts, files, management. What is soldered in and what Apple knows of it stays. */
export function eraseModel(mac: MacModel, how: "contents" | "obliterated"): void {
  becomeUnmanaged(mac);
  mac.users = [];
  mac.consoleUser = undefined;
  mac.profiles = [];
  mac.certificates = [];
  mac.applications = mac.applications.filter(({ isPlatformBinary }) => isPlatformBinary);
  mac.provisioningProfiles = [];
  mac.fileVault = false;
  mac.recovery = {
    personalKey: undefined,
    hasInstitutionalKey: false,
    escrow: undefined,
    cms: undefined,
    omitsKeyFromAnswer: mac.recovery.omitsKeyFromAnswer,
  };
  mac.bootstrapToken = undefined;
  mac.lock = undefined;
  mac.hostName = undefined;
  mac.mirroringTo = undefined;
  mac.remoteDesktop = false;
  mac.erased = how;
}

/** The code that the Mac would give out now (Apple: ActivationLockBypassCode, for 15 days after supervision). */
export function bypassCodeAt(mac: MacModel, now: number): string | undefined {
  const { bypassCode, supervisedAt } = mac.activationLock;
  return supervisedAt === undefined || now - supervisedAt > BYPASS_CODE_MS ? undefined : bypassCode;
}

function makeBypassCode(): string {
  const draw = () => CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length));
  return CODE_GROUPS.map((length) => Array.from({ length }, draw).join("")).join("-");
}
