import { getArray, getBoolean, getDictionary, isDictionary, type PlistDictionary } from "@pomona/plist";
import { errorChainText, readErrorChain } from "../error-chain.ts";
import { itemsAt, optionalText, text } from "./reading.ts";

/**
 * What failed inside an answer whose Status is Acknowledged, in words; undefined where nothing did. Apple acknowledges that the
 * command was understood, and says in the answer's own keys that it came to nothing.
 */
export type ReadFailure = (report: PlistDictionary) => string | undefined;

/**
 * Settings: each item has a Status of its own. Apple's schema calls the result one dictionary, Macs send a list; in the list an
 * item is named, or known by its place among the settings that were sent.
 */
export const settingsFailure: ReadFailure = (report) => {
  const single = getDictionary(report, "Settings");
  const results = single === undefined ? itemsAt(report, "Settings") : [single];
  const failures = results.flatMap((result, index) => {
    if (text(result, "Status") !== "Error") return [];
    const name = optionalText(result, "Item") ?? optionalText(result, "Identifier") ?? `item ${index + 1}`;
    const why = errorChainText(readErrorChain(getArray(result, "ErrorChain")));
    return [why === "" ? name : `${name}: ${why}`];
  });
  if (failures.length === 0) return undefined;
  return `${failures.length} of ${results.length} settings failed: ${failures.join("; ")}`;
};

/** States in which an application will not come. */
const LOST_STATES: ReadonlySet<string> = new Set(["Failed", "UserRejected", "UpdateRejected", "ManagementRejected"]);

/** InstallApplication and InstallEnterpriseApplication: a reason for rejection, or a state from which nothing follows. */
export const installationFailure: ReadFailure = (report) => {
  const reason = optionalText(report, "RejectionReason");
  if (reason !== undefined && reason !== "") return `the Mac rejected it: ${reason}`;
  const state = text(report, "State");
  return LOST_STATES.has(state) ? `the installation ended as ${state}` : undefined;
};

/** SetFirmwarePassword. */
export const firmwarePasswordFailure: ReadFailure = (report) =>
  isFalse(report["SetFirmwarePassword"], "PasswordChanged")
    ? "the firmware password was not changed: the current password is wrong, or a change waits for a restart"
    : undefined;

/** VerifyFirmwarePassword. */
export const firmwareVerificationFailure: ReadFailure = (report) =>
  isFalse(report["VerifyFirmwarePassword"], "PasswordVerified") ? "this is not the firmware password" : undefined;

/** VerifyRecoveryLock. */
export const recoveryLockVerificationFailure: ReadFailure = (report) =>
  isFalse(report, "PasswordVerified") ? "this is not the recovery lock password" : undefined;

const MIRRORING_WORDS: Readonly<Record<string, string>> = {
  DestinationNotFound: "the AirPlay destination was not found",
  Cancelled: "its user declined to share the screen",
  Unknown: "mirroring failed for a reason that the Mac does not know",
};

/** RequestMirroring; `Prompting` is no failure, for its user is being asked. */
export const mirroringFailure: ReadFailure = (report) => MIRRORING_WORDS[text(report, "MirroringResult")];

const isFalse = (value: unknown, key: string): boolean =>
  isDictionary(value as PlistDictionary) && getBoolean(value as PlistDictionary, key) === false;
