import type { DeviceId } from "@pomona/facts";
import { getBoolean, getDictionary } from "@pomona/plist";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { CommandAnswer } from "../commands/index.ts";
import { OTHER_KEY, sendRotation } from "./file-vault.ts";
import { isBeingSet, isLockKind, proveLock } from "./locks.ts";
import { type AskRow, isUnderWay, type SecretRow, type Verdict } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { isAsked, readRotation } from "./rotations.sql.ts";
import { readHeld, readSecret, updateSecret } from "./secrets.sql.ts";
import { scheduleRotation, setRotation } from "./set-rotation.ts";

/** Why a command of ours came to nothing, in words. The Mac's own words hold no secret: it was asked, it does not repeat. */
export function whyFailed({ state, command }: CommandAnswer): string {
  switch (state) {
    case "acknowledged":
      return "The Mac acknowledged and said nothing.";
    case "error":
    case "formatError":
      return `The Mac refused: ${command.error ?? "without a reason"}. What was held before is kept and counts.`;
    case "expired":
      return command.sentAt === null
        ? "The Mac did not come in time. Nothing was changed."
        : "The Mac took the command and did not answer. It may have the new value or the old one: both are kept.";
    case "cancelled":
      return `It was cancelled (${command.error ?? "by a person"}).`;
  }
}

/** Whether the command reached the Mac at all. */
const isUnsent = ({ state, command }: CommandAnswer): boolean =>
  (state === "expired" || state === "cancelled") && command.sentAt === null;

/**
 * What the Mac said to a value that we made, or that somebody set by command. It acknowledged: the value is the one. It refused, or
 * never got it: what was held before still is. It fell silent: nobody knows, so both stay, and the next attempt begins by asking.
 */
export async function settleSet(
  tx: WriteTransaction,
  parts: EscrowParts,
  answer: CommandAnswer,
  ask: AskRow,
): Promise<void> {
  const { deviceId, state } = answer;
  const { kind } = ask;
  const row = ask.secretId === null ? undefined : await readSecret(tx, ask.secretId);
  if (row === undefined) return;
  if (ask.purpose === "clear") return settleClear(tx, parts, answer, row);
  const isByCommand = ask.purpose === "set";
  if (state !== "acknowledged") {
    const isRefused = state === "error" || state === "formatError";
    if (row.slot === "pending" && (isRefused || isUnsent(answer))) {
      await parts.book.refuse(tx, row, isRefused ? "the Mac refused it" : "it never reached the Mac");
      if (isByCommand && ask.keyId !== null) await bringBackUnknown(tx, parts, ask.keyId);
    }
    // A rotation of ours is another matter.
    if (!isByCommand) await setRotation(tx, deviceId, kind, "failed", { error: whyFailed(answer) });
    return;
  }
  if (isByCommand) await scheduleRotation(tx, deviceId, kind, { reason: "command", dueAt: tx.now });
  if (kind === "firmwarePassword") {
    // It counts from the next start; until then the old one opens the firmware.
    await setRotation(tx, deviceId, kind, "waiting");
    return;
  }
  await parts.book.confirm(tx, row);
  if (!isLockKind(kind)) {
    await setRotation(tx, deviceId, kind, "done");
    return;
  }
  await setRotation(tx, deviceId, kind, "validating");
  await proveLock(tx, parts, (await readSecret(tx, row.id))!);
}

/** Whatever was held is on the Mac no more; what is still on its way to it comes after. */
async function settleClear(
  tx: WriteTransaction,
  { book }: EscrowParts,
  answer: CommandAnswer,
  { id, deviceId, kind }: SecretRow,
): Promise<void> {
  if (answer.state !== "acknowledged") {
    await updateSecret(tx, id, { note: `could not be taken off. ${whyFailed(answer)}`.slice(0, 500) });
    return;
  }
  const current = await readHeld(tx, deviceId, kind, "current");
  if (current !== undefined) await book.retire(tx, current, "taken off the Mac");
  if (isLockKind(kind) && (await isBeingSet(tx, deviceId, kind))) return;
  const pending = await readHeld(tx, deviceId, kind, "pending");
  if (pending !== undefined) await book.retire(tx, pending, "taken off the Mac");
  const rotation = await readRotation(tx, deviceId, kind);
  if (rotation !== undefined && isUnderWay(rotation.state))
    await setRotation(tx, deviceId, kind, "failed", { error: "Another command took the password off the Mac." });
}

/** A value of which nobody knew whether it counts had to make room for one that does not: it waits again to be asked about. */
async function bringBackUnknown(tx: WriteTransaction, { book }: EscrowParts, id: string): Promise<void> {
  const row = await readSecret(tx, id);
  if (row?.slot === "old" && row.confirmedAt === null && row.note === null) await book.bringBack(tx, row);
}

/** The Mac's verdict on a recovery lock or firmware password. */
export async function settleLockProof(
  tx: WriteTransaction,
  { book }: EscrowParts,
  answer: CommandAnswer,
  ask: AskRow,
): Promise<void> {
  const { deviceId, report } = answer;
  const { kind } = ask;
  const row = ask.secretId === null ? undefined : await readSecret(tx, ask.secretId);
  if (row === undefined) return;
  const nested = report === null ? undefined : (getDictionary(report, answer.command.requestType) ?? report);
  const isRight = nested === undefined ? undefined : getBoolean(nested, "PasswordVerified");
  const verdict: Verdict = isRight === undefined ? "unknown" : isRight ? "right" : "wrong";
  await tx.publish({ type: "escrow.secret-verified", deviceId, data: { kind, verdict } });
  const rotation = await readRotation(tx, deviceId, kind);
  const isRotating = rotation?.state === "validating" || rotation?.state === "waiting";
  if (verdict === "right") {
    await book.confirm(tx, row, "right");
    if (isRotating) await setRotation(tx, deviceId, kind, "done");
    return;
  }
  if (verdict === "unknown") {
    const hasSpoken = answer.state === "error" || answer.state === "formatError";
    if (isRotating && ask.keyId === "rotate" && hasSpoken) {
      // It cannot say whether it has it, so it has none: what is set next does not build on it.
      await book.refuse(tx, row, "the Mac could not verify it");
      await scheduleRotation(tx, deviceId, kind, { reason: rotation.reason, dueAt: tx.now });
      return;
    }
    if (isRotating) await setRotation(tx, deviceId, kind, "failed", { error: whyFailed(answer) });
    return;
  }
  if (row.slot === "current") await updateSecret(tx, row.id, { verdict, verifiedAt: tx.now });
  else await book.refuse(tx, row, "the Mac said that this is not the password", "wrong");
  if (!isRotating) return;
  // It was proved only to know where the last attempt had left the Mac: now that is known, and this one begins.
  if (ask.keyId === "rotate") await scheduleRotation(tx, deviceId, kind, { reason: rotation.reason, dueAt: tx.now });
  else if (row.slot !== "old")
    // Where another one came in its place meanwhile, that one's proof is the end of it.
    await setRotation(tx, deviceId, kind, "failed", {
      error: "The Mac acknowledged the new password and does not take it. Both are in the history.",
    });
}

/** An Intel Mac has no change of its firmware password waiting: if one was, it counts now, and is proved. */
export async function settleFirmwareRestart(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
): Promise<void> {
  const kind = "firmwarePassword";
  if ((await readRotation(tx, deviceId, kind))?.state !== "waiting") return;
  const pending = await readHeld(tx, deviceId, kind, "pending");
  if (pending === undefined || (await isAsked(tx, deviceId, kind, "verify"))) return;
  // What is on its way cannot be what waited for the start.
  if (await isAsked(tx, deviceId, kind, "set", pending.id)) return;
  await proveLock(tx, parts, pending);
}

/** The key that was tried does not open the disk; when there is another that might, it is tried. */
export async function retryWithOther(tx: WriteTransaction, parts: EscrowParts, ask: AskRow): Promise<boolean> {
  const { deviceId } = ask;
  const tried = ask.secretId === null ? undefined : await readSecret(tx, ask.secretId);
  const other = await readHeld(tx, deviceId, "fileVaultKey", "pending");
  const key = (await parts.keys.all(tx)).find(({ id }) => id === ask.keyId);
  if (tried?.slot !== "current" || other === undefined || key === undefined) return false;
  if (other.sealed.recipient === "tenant") {
    await sendRotation(tx, parts, other, key);
    return true;
  }
  // Only the KMS opens it: the rotation begins again, and the job asks for it ahead.
  await setRotation(tx, deviceId, "fileVaultKey", "failed");
  await scheduleRotation(tx, deviceId, "fileVaultKey", { reason: OTHER_KEY, dueAt: tx.now });
  return true;
}
