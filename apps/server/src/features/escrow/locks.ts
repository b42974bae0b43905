import type { DeviceId, SecretKind } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { askByCommand } from "./ask.ts";
import { makePassword } from "./generate-secrets.ts";
import type { SecretRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { isAsked } from "./rotations.sql.ts";
import { readHeld } from "./secrets.sql.ts";
import { setRotation } from "./set-rotation.ts";

/** The passwords that a command sets and another proves. */
export type LockKind = "recoveryLock" | "firmwarePassword";
export const isLockKind = (kind: SecretKind): kind is LockKind =>
  kind === "recoveryLock" || kind === "firmwarePassword";

const COMMANDS: Readonly<Record<LockKind, { readonly set: string; readonly verify: string }>> = {
  recoveryLock: { set: "SetRecoveryLock", verify: "VerifyRecoveryLock" },
  firmwarePassword: { set: "SetFirmwarePassword", verify: "VerifyFirmwarePassword" },
};

/** @throws PomonaError `escrow.wrong-chip` where the Mac is known to have the other one */
export async function refuseOtherChip(tx: ReadTransaction, deviceId: DeviceId, kind: SecretKind): Promise<void> {
  const isApple = (await readDevice(tx, deviceId))?.facts.appleSilicon;
  if (isApple === undefined || !isLockKind(kind) || isApple === (kind === "recoveryLock")) return;
  throw new PomonaError(
    "conflict",
    "escrow.wrong-chip",
    isApple
      ? "This Mac has Apple silicon, which has a recovery lock instead of a firmware password."
      : "This Mac has an Intel processor, which has a firmware password instead of a recovery lock.",
  );
}

/** Whether a command is under way after which another password counts, or none. */
export async function isBeingSet(tx: ReadTransaction, deviceId: DeviceId, kind: LockKind): Promise<boolean> {
  for (const purpose of ["rotate", "set", "clear"] as const)
    if (await isAsked(tx, deviceId, kind, purpose)) return true;
  return false;
}

/** What a person can do where the Mac says that the password which is held is not the one. */
export const AFTER_WRONG: Readonly<Record<LockKind, string>> = {
  recoveryLock:
    "Send SetRecoveryLock with the password that the Mac has as currentPassword (the history may hold it), or have the Mac enroll anew, which takes the lock off.",
  firmwarePassword:
    "Send SetFirmwarePassword with the password that the Mac has as currentPassword (the history may hold it). One that nobody knows only Apple takes off.",
};

/**
 * Sets a new password in place of the one that is held. The new one is escrowed before the command that carries it is queued, in
 * the same transaction; the old one counts until the Mac has acknowledged.
 * @throws PomonaError `escrow.set-under-way`, `escrow.held-is-wrong`
 */
export async function beginLockRotation(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  kind: LockKind,
): Promise<void> {
  await refuseOtherChip(tx, deviceId, kind);
  if (await isBeingSet(tx, deviceId, kind))
    throw new PomonaError(
      "conflict",
      "escrow.set-under-way",
      `A ${COMMANDS[kind].set} is under way to this Mac. Wait for its answer, or cancel the command.`,
    );
  const lost = await readHeld(tx, deviceId, kind, "pending");
  if (lost !== undefined) {
    // Its answer never came: it may be the one that counts. The Mac knows.
    await proveLock(tx, parts, lost, "rotate");
    await setRotation(tx, deviceId, kind, "validating");
    return;
  }
  const current = await readHeld(tx, deviceId, kind, "current");
  if (current?.verdict === "wrong")
    throw new PomonaError(
      "conflict",
      "escrow.held-is-wrong",
      `The Mac says that the password held here is not the one that it has, so no other can be set with it. ${AFTER_WRONG[kind]}`,
    );
  const next = await parts.book.keepPending(tx, { deviceId, kind, value: makePassword(), source: COMMANDS[kind].set });
  const about = { deviceId, kind, purpose: "rotate", secretId: next.id } as const;
  const { tenantId } = tx.scope;
  await askByCommand(tx, parts, about, COMMANDS[kind].set, {
    ...(current === undefined ? {} : { currentPassword: parts.book.text(tenantId, current) }),
    newPassword: parts.book.text(tenantId, next),
  });
  await setRotation(tx, deviceId, kind, "sent");
}

/** Takes the password off the Mac. @throws PomonaError `escrow.nothing-held` */
export async function clearLock(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  kind: LockKind,
): Promise<void> {
  await refuseOtherChip(tx, deviceId, kind);
  const current = await readHeld(tx, deviceId, kind, "current");
  if (current === undefined) throw nothingHeld(kind);
  const about = { deviceId, kind, purpose: "clear", secretId: current.id } as const;
  const currentPassword = parts.book.text(tx.scope.tenantId, current);
  await askByCommand(tx, parts, about, COMMANDS[kind].set, { currentPassword, newPassword: "" });
}

/** Asks the Mac whether a password is the one. @param then `rotate`: goes on with a rotation when it is not */
export async function proveLock(
  tx: WriteTransaction,
  parts: EscrowParts,
  row: SecretRow,
  then: "verify" | "rotate" = "verify",
): Promise<void> {
  const kind = row.kind as LockKind;
  const about = { deviceId: row.deviceId, kind, purpose: "verify", secretId: row.id, keyId: then } as const;
  await askByCommand(tx, parts, about, COMMANDS[kind].verify, { password: parts.book.text(tx.scope.tenantId, row) });
}

export const nothingHeld = (kind: string): PomonaError =>
  new PomonaError("conflict", "escrow.nothing-held", `Nothing of kind ${kind} is held for this Mac.`);
