import {
  readActivationLockBypassCode,
  readEscrowedRecoveryKey,
  readRotatedRecoveryKey,
  readSecurityInfo,
} from "@pomona/mdm";
import { getBoolean, getDictionary } from "@pomona/plist";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { AnswerHook, CommandAnswer } from "../commands/index.ts";
import { takeCodeAnswer } from "./activation-lock.ts";
import { askByCommand } from "./ask.ts";
import { settleUpdate } from "./departure-update.ts";
import { updateEscrowDevice } from "./devices.sql.ts";
import { awaitProof, takeRecoveryKey } from "./file-vault.ts";
import type { AskRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { readRotation, takeAsk } from "./rotations.sql.ts";
import { readHeld, readSecret } from "./secrets.sql.ts";
import { setRotation } from "./set-rotation.ts";
import { retryWithOther, settleFirmwareRestart, settleLockProof, settleSet, whyFailed } from "./settle-set.ts";

/** The commands whose answers concern escrow. */
export const ANSWERED: readonly string[] = [
  "SecurityInfo",
  "RotateFileVaultKey",
  "SetRecoveryLock",
  "VerifyRecoveryLock",
  "SetFirmwarePassword",
  "VerifyFirmwarePassword",
  "SetAutoAdminPassword",
  "ActivationLockBypassCode",
  "InstallProfile",
  "DeviceLock",
  "EraseDevice",
  "AvailableOSUpdates",
  "ScheduleOSUpdate",
];

/**
 * Takes in what a Mac answered, in the transaction that ends the command: when this fails, the Mac gets no 200 and says it again,
 * so no key is dropped between its answer and our disk. Also for answers to commands that a person sent.
 */
export const onAnswer =
  (parts: EscrowParts): AnswerHook =>
  async (tx, answer) => {
    const { requestType } = answer.command;
    const ask = await takeAsk(tx, answer.command.id);
    if (requestType === "SecurityInfo") return takeSecurityInfo(tx, parts, answer, ask);
    if (requestType === "ActivationLockBypassCode") return takeCode(tx, parts, answer);
    if (requestType === "RotateFileVaultKey") return takeRotated(tx, parts, answer, ask);
    if (ask === undefined) return;
    if (requestType === "InstallProfile") return settleProfile(tx, parts, answer);
    if (ask.purpose === "update") return settleUpdate(tx, parts, answer);
    if (ask.purpose === "verify") return settleLockProof(tx, parts, answer, ask);
    return settleSet(tx, parts, answer, ask);
  };

async function takeSecurityInfo(
  tx: WriteTransaction,
  parts: EscrowParts,
  { deviceId, state, report }: CommandAnswer,
  ask: AskRow | undefined,
): Promise<void> {
  if (state === "acknowledged" && report !== null) {
    const fileVault = readSecurityInfo(report).isFileVaultEnabled;
    if (fileVault !== undefined) await updateEscrowDevice(tx, deviceId, { fileVault });
    const cms = readEscrowedRecoveryKey(report);
    if (cms !== undefined) await takeRecoveryKey(tx, parts, deviceId, cms, "SecurityInfo");
    const firmware = getDictionary(getDictionary(report, "SecurityInfo") ?? {}, "FirmwarePasswordStatus");
    if (firmware !== undefined && getBoolean(firmware, "ChangePending") === false)
      await settleFirmwareRestart(tx, parts, deviceId);
  }
  if (ask?.purpose !== "read") return;
  const rotation = await readRotation(tx, deviceId, "fileVaultKey");
  if (rotation?.state !== "sent") return;
  // The answer to the rotation had no key, and so was this asked for it.
  const pending = await readHeld(tx, deviceId, "fileVaultKey", "pending");
  if (pending !== undefined) await awaitProof(tx, deviceId);
  else
    await setRotation(tx, deviceId, "fileVaultKey", "failed", {
      error: "The Mac said that it made a new key, and handed out none that opens. The old one is kept; verify it.",
    });
}

async function takeRotated(
  tx: WriteTransaction,
  parts: EscrowParts,
  answer: CommandAnswer,
  ask: AskRow | undefined,
): Promise<void> {
  const { deviceId, state, report } = answer;
  const kind = "fileVaultKey";
  if (state !== "acknowledged" || report === null) {
    if (ask === undefined) return;
    if (state === "error" && (await retryWithOther(tx, parts, ask))) return;
    // Both are kept: without an answer nobody knows which one counts, and the Mac will say with its next SecurityInfo.
    await setRotation(tx, deviceId, kind, "failed", { error: whyFailed(answer) });
    // A Mac whose answer with a new key was lost refuses the key that was before it. What it has in escrow it tells again.
    if (state === "error") await askByCommand(tx, parts, { deviceId, kind, purpose: "read" }, "SecurityInfo");
    return;
  }
  const unlocked = await readSecret(tx, ask?.secretId ?? "");
  // Whatever opened the disk was right, until this very moment.
  if (unlocked?.slot === "pending") await parts.book.confirm(tx, unlocked, "right");
  const cms = readRotatedRecoveryKey(report);
  const taken = cms === undefined ? undefined : await takeRecoveryKey(tx, parts, deviceId, cms, "RotateFileVaultKey");
  if (taken === "new" || taken === "known") {
    await awaitProof(tx, deviceId);
    return;
  }
  await askByCommand(tx, parts, { deviceId, kind, purpose: "read" }, "SecurityInfo");
}

async function takeCode(tx: WriteTransaction, parts: EscrowParts, answer: CommandAnswer): Promise<void> {
  const code = answer.report === null ? undefined : readActivationLockBypassCode(answer.report);
  await takeCodeAnswer(
    tx,
    parts,
    answer.deviceId,
    answer.state === "acknowledged" ? code : undefined,
    whyFailed(answer),
  );
}

async function settleProfile(
  tx: WriteTransaction,
  parts: EscrowParts,
  { deviceId, state }: CommandAnswer,
): Promise<void> {
  if (state !== "acknowledged") {
    await updateEscrowDevice(tx, deviceId, { profileState: "failed" });
    return;
  }
  await updateEscrowDevice(tx, deviceId, { profileState: "installed" });
  // A key that is made while the profile comes is in this answer already.
  await askByCommand(tx, parts, { deviceId, kind: "fileVaultKey", purpose: "read" }, "SecurityInfo");
}
