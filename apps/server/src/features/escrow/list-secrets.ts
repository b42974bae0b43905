import { listSecrets as contract, type Secret, type SecretValue } from "@pomona/contract";
import { asId, type DeviceId, type SecretKind } from "@pomona/facts";
import { bindAction } from "../../kernel/action.ts";
import { notFound } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { type DeviceRow, readDevice } from "../devices/index.ts";
import { type EscrowDevice, readEscrowDevice } from "./devices.sql.ts";
import { NO_KEY } from "./file-vault.ts";
import { ALL_KINDS, KINDS } from "./kinds.ts";
import { AFTER_WRONG, isLockKind } from "./locks.ts";
import { type RotationRow, type SecretRow, toTime } from "./model.ts";
import { readRotations } from "./rotations.sql.ts";
import { readSecrets } from "./secrets.sql.ts";

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** All kinds of a Mac, with what is held of each; never a value. */
export const listSecrets = bindAction(contract, {
  run: async ({ tx }, { deviceId }) => {
    const items = await secretsOf(tx, asId<"device">(deviceId));
    if (items === undefined) throw notFound("device", deviceId);
    return { items: [...items], nextCursor: null };
  },
});

/** @returns undefined when there is no such Mac */
export async function secretsOf(tx: ReadTransaction, deviceId: DeviceId): Promise<readonly Secret[] | undefined> {
  const device = await readDevice(tx, deviceId);
  if (device === undefined) return undefined;
  const rows = await readSecrets(tx, deviceId);
  const rotations = await readRotations(tx, deviceId);
  const escrow = await readEscrowDevice(tx, deviceId);
  return ALL_KINDS.map((kind) => {
    const ofKind = rows.filter((row) => row.kind === kind);
    const rotation = rotations.find((each) => each.kind === kind);
    return secretOf(kind, device, escrow, ofKind, rotation);
  });
}

function secretOf(
  kind: SecretKind,
  device: DeviceRow,
  escrow: EscrowDevice | undefined,
  rows: readonly SecretRow[],
  rotation: RotationRow | undefined,
): Secret {
  const { isRevealable, rotatedBy, provedBy } = KINDS[kind];
  const current = rows.find(({ slot }) => slot === "current");
  const pending = rows.find(({ slot }) => slot === "pending");
  const counts = current ?? pending;
  const state = stateOf(kind, device, current, pending);
  const isPossible = state !== "notPossible";
  const seen = rows.flatMap(({ revealedAt }) => (revealedAt === null ? [] : [revealedAt]));
  const isWaitingForCode =
    kind === "activationLockDevice" && counts === undefined && typeof escrow?.codeDueAt === "number";
  const dueAt = rotation?.state === "scheduled" ? rotation.dueAt : (current?.rotateAt ?? null);
  return {
    kind,
    state,
    since: toTime(counts?.createdAt ?? null),
    isRevealable: isRevealable && counts !== undefined,
    canRotate: rotatedBy !== null && isPossible && device.mdmEnrolled,
    canVerify: isPossible && canVerify(kind, provedBy, counts, device),
    lastVerifiedAt: toTime(counts?.verifiedAt ?? null),
    verdict: counts?.verdict ?? "unknown",
    lastRevealedAt: toTime(seen.length === 0 ? null : Math.max(...seen)),
    nextRotationAt: toTime(dueAt),
    expiresAt: toTime(isWaitingForCode ? escrow.codeUntil : null),
    rotation:
      rotation === undefined
        ? null
        : { state: rotation.state, reason: rotation.reason, since: isoOf(rotation.since), error: rotation.error },
    advice: adviceOf(kind, state, device, escrow, rotation),
    values: [...rows].sort(bySlot).map(toValue),
  };
}

const ORDER = { pending: 0, current: 1, old: 2 };
const bySlot = (a: SecretRow, b: SecretRow): number => ORDER[a.slot] - ORDER[b.slot];

function canVerify(
  kind: SecretKind,
  provedBy: "agent" | "command" | null,
  counts: SecretRow | undefined,
  device: DeviceRow,
): boolean {
  if (kind === "bootstrapToken") return device.agentInstalled;
  if (kind === "activationLockDevice") return device.mdmEnrolled;
  if (counts === undefined) return false;
  return provedBy === "agent" ? device.agentInstalled : provedBy === "command" && device.mdmEnrolled;
}

function stateOf(
  kind: SecretKind,
  { facts }: DeviceRow,
  current: SecretRow | undefined,
  pending: SecretRow | undefined,
): Secret["state"] {
  const counts = current ?? pending;
  if (counts?.opens === false || current?.verdict === "wrong") return "broken";
  if (current !== undefined) return kind === "fileVaultKey" && current.verdict !== "right" ? "unconfirmed" : "held";
  if (pending !== undefined) return "unconfirmed";
  const { chip } = KINDS[kind];
  const isOtherChip = chip !== null && facts.appleSilicon !== undefined && facts.appleSilicon !== (chip === "apple");
  if (isOtherChip) return "notPossible";
  if (kind === "fileVaultKey" && facts.fileVault === false) return "notPossible";
  if (kind === "adminPassword" && (facts.autoAdmins ?? []).length === 0) return "notPossible";
  if (kind === "activationLockDevice" && facts.supervised === false) return "notPossible";
  return "missing";
}

function adviceOf(
  kind: SecretKind,
  state: Secret["state"],
  device: DeviceRow,
  escrow: EscrowDevice | undefined,
  rotation: RotationRow | undefined,
): string | null {
  if (state === "broken" && isLockKind(kind))
    return `What is held does not open, or the Mac does not take it. ${AFTER_WRONG[kind]}`;
  if (state === "broken")
    return kind === "fileVaultKey"
      ? "What is held does not open, or the Mac does not take it. Ask for SecurityInfo; when that brings no new key, have its user make one."
      : "What is held does not open, or the Mac does not take it. The history has what was before.";
  if (kind === "bootstrapToken" && state === "missing")
    return escrow?.tokenNote ?? "macOS escrows it by itself when a user with a secure token logs in at the Mac.";
  if (kind === "fileVaultKey" && state === "missing")
    return escrow?.profileState === "installed" || escrow?.profileState === "sent"
      ? NO_KEY
      : "The escrow profile is not on this Mac. With it, the next recovery key that is made comes here.";
  if (kind === "fileVaultKey" && state === "unconfirmed" && !device.agentInstalled)
    return "It opens, and whether it fits the disk only the agent can prove, which is not on this Mac.";
  if (kind === "activationLockDevice" && state === "missing") return escrow?.codeNote ?? null;
  if (kind === "firmwarePassword" && rotation?.state === "waiting")
    return "The new password counts from the next start of the Mac; until then the old one does.";
  return null;
}

const toValue = (row: SecretRow): SecretValue => ({
  id: row.id,
  slot: row.slot,
  since: isoOf(row.createdAt),
  source: row.source,
  retiredAt: toTime(row.retiredAt),
  verifiedAt: toTime(row.verifiedAt),
  verdict: row.verdict,
  opens: row.opens,
  openedAt: toTime(row.openedAt),
  revealedAt: toTime(row.revealedAt),
  note: row.note,
});
