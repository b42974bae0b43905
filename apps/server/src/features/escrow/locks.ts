import type { DeviceId, SecretKind } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { askByCommand } from "./ask.ts";
import { makePassword } from "./generate-secrets.ts";
import type { SecretRow } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
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

/**
 * Sets a new password in place of the one that is held. The new one is escrowed before the command that carries it is queued, in
 * the same transaction; the old one counts until the Mac has acknowledged.
 */
export async function beginLockRotation(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  kind: LockKind,
): Promise<void> {
  await refuseOtherChip(tx, deviceId, kind);
  const lost = await readHeld(tx, deviceId, kind, "pending");
  if (lost !== undefined) {
    // Its answer never came: it may be the one that counts. The Mac knows.
    await proveLock(tx, parts, lost, "rotate");
    await setRotation(tx, deviceId, kind, "validating");
    return;
  }
  const current = await readHeld(tx, deviceId, kind, "current");
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
