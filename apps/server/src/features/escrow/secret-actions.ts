import { clearSecret, rotateSecret, verifySecret } from "@pomona/contract";
import { asId, type DeviceId, type SecretKind } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { askByCommand, askByOrder } from "./ask.ts";
import { beginRotation, prepareRotation } from "./begin-rotation.ts";
import { proveRecoveryKey } from "./file-vault.ts";
import { clearLock, isLockKind, nothingHeld, proveLock, refuseOtherChip } from "./locks.ts";
import { isUnderWay, type RotationState } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { readRotation } from "./rotations.sql.ts";
import { readHeld } from "./secrets.sql.ts";
import { scheduleRotation } from "./set-rotation.ts";

const WAITS: Readonly<Record<RotationState, string | null>> = {
  scheduled: "its time",
  waiting: "the next start of the Mac",
  sent: "the Mac's answer",
  validating: "the Mac to prove it",
  done: null,
  failed: null,
};

/** @throws PomonaError `device.not-found` */
async function known(tx: WriteTransaction, id: string): Promise<DeviceId> {
  const deviceId = asId<"device">(id);
  if ((await readDevice(tx, deviceId)) === undefined) throw notFound("device", id);
  return deviceId;
}

export const secretActions = (parts: EscrowParts): readonly BoundAction[] => [
  bindAction(rotateSecret, {
    prepare: ({ tenantId }, { deviceId, kind }) => prepareRotation(parts, tenantId, asId<"device">(deviceId), kind),
    run: async ({ tx, prepared }, { deviceId: id, kind }) => {
      const deviceId = await known(tx, id);
      const before = await readRotation(tx, deviceId, kind);
      if (before !== undefined && isUnderWay(before.state))
        throw new PomonaError(
          "conflict",
          "escrow.rotation-under-way",
          `A rotation is under way already: it waits for ${WAITS[before.state]}.`,
        );
      await scheduleRotation(tx, deviceId, kind, { reason: "asked", dueAt: tx.now });
      await beginRotation(tx, parts, deviceId, kind, prepared);
      const { state, error } = (await readRotation(tx, deviceId, kind))!;
      if (state === "failed")
        throw new PomonaError("conflict", "escrow.cannot-rotate", error ?? "It cannot be replaced.");
      return { state, waitsFor: WAITS[state] };
    },
  }),

  bindAction(verifySecret, {
    run: async ({ tx }, { deviceId: id, kind }) => ({ waitsFor: await verify(tx, parts, await known(tx, id), kind) }),
  }),

  bindAction(clearSecret, {
    run: async ({ tx }, { deviceId: id, kind }) => {
      await clearLock(tx, parts, await known(tx, id), kind);
      return { waitsFor: "the Mac's answer" };
    },
  }),
];

const noAgent = () =>
  new PomonaError("conflict", "escrow.no-agent", "Only the agent can prove this, and it is not on this Mac.");

/** @returns what the proof waits for */
async function verify(tx: WriteTransaction, parts: EscrowParts, deviceId: DeviceId, kind: SecretKind): Promise<string> {
  if (kind === "bootstrapToken") {
    const about = { deviceId, kind, purpose: "status" } as const;
    const isAsked = await askByOrder(tx, parts, about, "bootstrap-token-status");
    if (!isAsked || !(await askByOrder(tx, parts, about, "secure-token-status"))) throw noAgent();
    return "the agent's answer";
  }
  if (kind === "activationLockDevice") {
    await askByCommand(tx, parts, { deviceId, kind, purpose: "fetch" }, "ActivationLockBypassCode");
    return "the Mac's answer";
  }
  const row = (await readHeld(tx, deviceId, kind, "pending")) ?? (await readHeld(tx, deviceId, kind, "current"));
  if (isLockKind(kind)) {
    await refuseOtherChip(tx, deviceId, kind);
    if (row === undefined) throw nothingHeld(kind);
    await proveLock(tx, parts, row);
    return "the Mac's answer";
  }
  if (row === undefined) {
    // Nothing to prove; what the Mac has in escrow for us may just not have come.
    await askByOrder(tx, parts, { deviceId, kind, purpose: "read" }, "read-recovery-key-escrow");
    await askByCommand(tx, parts, { deviceId, kind, purpose: "read" }, "SecurityInfo");
    return "the Mac to send the key that it has in escrow";
  }
  if (!(await proveRecoveryKey(tx, parts, row))) throw noAgent();
  return "the agent's answer";
}
