import type { DeviceId, SecretKind } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { ROTATIONS, type RotationState } from "./model.ts";
import { putRotation, readRotation } from "./rotations.sql.ts";

/** Why a rotation was begun, and why it failed. */
export interface RotationChange {
  readonly reason?: string;
  readonly error?: string;
  readonly dueAt?: number;
}

/**
 * Moves the rotation of a kind on one Mac, by the table in `model.ts`, and tells of it. A step that the table does not have is
 * left out: an answer that comes late changes nothing.
 * @returns whether it moved
 */
export async function setRotation(
  tx: WriteTransaction,
  deviceId: DeviceId,
  kind: SecretKind,
  state: RotationState,
  change: RotationChange = {},
): Promise<boolean> {
  const before = await readRotation(tx, deviceId, kind);
  if (before === undefined ? state !== "scheduled" : !ROTATIONS[before.state].includes(state)) return false;
  const { reason = before?.reason ?? "asked", error = null, dueAt = before?.dueAt ?? tx.now } = change;
  await putRotation(tx, { deviceId, kind, state, reason, dueAt, error });
  const why = error === null ? {} : { reason: error.slice(0, 500) };
  await tx.publish({ type: "escrow.rotation-changed", deviceId, data: { kind, state, ...why } });
  return true;
}

/** Puts a rotation on the plan; the sooner of two counts, and one that is under way is let through. */
export async function scheduleRotation(
  tx: WriteTransaction,
  deviceId: DeviceId,
  kind: SecretKind,
  { reason, dueAt }: { readonly reason: string; readonly dueAt: number },
): Promise<void> {
  const before = await readRotation(tx, deviceId, kind);
  if (before?.state === "scheduled" && before.dueAt <= dueAt) return;
  await setRotation(tx, deviceId, kind, "scheduled", { reason, dueAt });
}
