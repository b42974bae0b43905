import type { Secret, SecretKind, SecretValue } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

/** What each kind of secret is called. */
export const SECRET_TITLES: Readonly<Record<SecretKind, string>> = {
  bootstrapToken: "Bootstrap token",
  fileVaultKey: "FileVault recovery key",
  recoveryLock: "Recovery lock password",
  firmwarePassword: "Firmware password",
  lockPin: "Lock PIN",
  adminPassword: "Password of the managed administrator",
  accountPassword: "Password of an account made here",
  activationLockDevice: "Activation Lock bypass code of the Mac",
  activationLockOurs: "Activation Lock bypass code made here",
};

const STATES: Readonly<Record<Secret["state"], readonly [word: string, tone: Tone, why: string]>> = {
  held: ["Held", "good", "The Mac confirmed the one that is kept here"],
  unconfirmed: ["Unconfirmed", "progress", "One is kept here that the Mac has not confirmed"],
  missing: ["Missing", "attention", "The Mac could have one here, and has none"],
  broken: ["Does not fit", "act", "What is kept here does not open, or does not fit the Mac"],
  notPossible: ["Not applicable", "unknown", "Not for this Mac"],
};

/** How a secret stands. */
export const secretWord = (state: Secret["state"]): { word: string; tone: Tone; why: string } => {
  const [word, tone, why] = STATES[state];
  return { word, tone, why };
};

const SLOTS: Readonly<Record<SecretValue["slot"], readonly [word: string, tone: Tone]>> = {
  pending: ["Unconfirmed", "progress"],
  current: ["Current", "good"],
  old: ["Earlier", "unknown"],
};

/** Where a value stands in the history; one that does not open any more says so. */
export const valueWord = ({ slot, opens, verdict }: SecretValue): { word: string; tone: Tone } => {
  if (opens === false) return { word: "Does not open", tone: "act" };
  if (verdict === "wrong" && slot !== "old") return { word: "Does not fit the Mac", tone: "act" };
  const [word, tone] = SLOTS[slot];
  return { word, tone };
};

const ROTATIONS: Readonly<Record<NonNullable<Secret["rotation"]>["state"], readonly [word: string, tone: Tone]>> = {
  scheduled: ["Planned", "progress"],
  waiting: ["Waits for the Mac", "progress"],
  sent: ["Sent", "progress"],
  validating: ["Being proven", "progress"],
  done: ["Replaced", "good"],
  failed: ["Failed", "act"],
};

/** How far a replacement has come. */
export const rotationWord = (state: NonNullable<Secret["rotation"]>["state"]): { word: string; tone: Tone } => {
  const [word, tone] = ROTATIONS[state];
  return { word, tone };
};
