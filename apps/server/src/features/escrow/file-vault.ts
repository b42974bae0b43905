import { createHash } from "node:crypto";
import type { DeviceId } from "@pomona/facts";
import { isRecoveryKey } from "@pomona/mdm";
import type { WriteTransaction } from "../../kernel/store.ts";
import { askByCommand, askByOrder, canOrder } from "./ask.ts";
import type { EscrowKey } from "./escrow-keys.ts";
import { makeNonce } from "./generate-secrets.ts";
import { putEnvelope } from "./keys.sql.ts";
import type { AskRow, Opened, SecretRow, Verdict } from "./model.ts";
import type { EscrowParts } from "./ports.ts";
import { readRecipient } from "./recipients.sql.ts";
import { isAsked, readRotation } from "./rotations.sql.ts";
import { readHeld, readSecret, updateSecret } from "./secrets.sql.ts";
import { scheduleRotation, setRotation } from "./set-rotation.ts";

const KIND = "fileVaultKey";

/** What to do about a Mac whose recovery key nobody has. */
export const NO_KEY =
  "No recovery key of this Mac is held, so macOS gives nobody from afar a new one. With the escrow profile installed, the next " +
  "key that is made comes here: have its user turn FileVault off and on, or make a new key at the next login (Escrow Buddy).";

/** The new key is here and opens; what it lacks is the Mac's word. */
const NOT_PROVED =
  "The new key came and can be read, and nobody proved it on the Mac: that takes the agent. Both keys are kept; the next " +
  "rotation tries both.";

/** Why a rotation begins again: the key that counted did not open the disk, so the one that came later is tried. */
export const OTHER_KEY = "other key";

/** What became of a CMS that a Mac sent. */
export type TakenKey = "new" | "known" | "unreadable";

/**
 * Takes in a recovery key that the Mac sent encrypted to us. It becomes pending, and the Mac is asked to prove it; the key that
 * counted until then stays. The CMS is kept as it came, also when it does not open.
 */
export async function takeRecoveryKey(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  cms: Uint8Array,
  source: string,
): Promise<TakenKey> {
  const { book, keys } = parts;
  const opened = keys.decrypt(await keys.all(tx), cms);
  const text = opened === undefined ? "" : Buffer.from(opened.expose()).toString("utf8").trim();
  const isReadable = isRecoveryKey(text);
  const digest = createHash("sha256").update(cms).digest("hex");
  if (!isReadable) {
    const isNew = await putEnvelope(tx, { deviceId, digest, cms, source, opens: false });
    if (isNew) await tx.publish({ type: "escrow.secret-unreadable", deviceId, data: { kind: KIND, secretId: null } });
    return "unreadable";
  }
  // Beside a value that only the KMS opens there is no second copy that the server opens.
  if ((await readRecipient(tx)) === undefined) await putEnvelope(tx, { deviceId, digest, cms, source, opens: true });
  const known = await book.find(tx, deviceId, KIND, Buffer.from(text, "utf8"));
  if (known !== undefined && known.slot !== "old") {
    if (known.verdict !== "right") await proveRecoveryKey(tx, parts, known, new Map([[known.id, text]]));
    return "known";
  }
  const current = await readHeld(tx, deviceId, KIND, "current");
  // Its old key, from a file that macOS had not written anew: the one that the Mac proved since counts.
  if (known !== undefined && current?.verdict === "right") return "known";
  const row =
    known === undefined
      ? await book.keepPending(tx, { deviceId, kind: KIND, value: text, source })
      : await book.bringBack(tx, known);
  await proveRecoveryKey(tx, parts, row, new Map([[row.id, text]]));
  return "new";
}

/**
 * Has the Mac prove a key through its agent. One that only the KMS opens, and that was not opened ahead, is opened and sent by the
 * job that asks the KMS. @returns false when the Mac has no agent that could
 */
export async function proveRecoveryKey(
  tx: WriteTransaction,
  parts: EscrowParts,
  row: SecretRow,
  opened?: Opened,
): Promise<boolean> {
  const about = { deviceId: row.deviceId, kind: KIND, purpose: "verify", secretId: row.id } as const;
  if (await isAsked(tx, row.deviceId, KIND, "verify", row.id)) return true;
  if (row.sealed.recipient === "kms" && opened?.has(row.id) !== true) {
    if (!(await canOrder(tx, row.deviceId))) return false;
    await updateSecret(tx, row.id, { kmsDue: tx.now, isProofDue: true });
    return true;
  }
  const prk = parts.book.text(tx.scope.tenantId, row, opened);
  return askByOrder(tx, parts, about, "validate-recovery-key", { prk, nonce: makeNonce() });
}

/** The agent's verdict on a key, or none. A new key replaces the old one here and nowhere else. */
export async function settleProof(
  tx: WriteTransaction,
  { book }: EscrowParts,
  ask: AskRow,
  verdict: Verdict,
): Promise<void> {
  const row = ask.secretId === null ? undefined : await readSecret(tx, ask.secretId);
  if (row === undefined) return;
  const { deviceId } = row;
  await tx.publish({ type: "escrow.secret-verified", deviceId, data: { kind: KIND, verdict } });
  const rotation = await readRotation(tx, deviceId, KIND);
  // A word on the key that counted all along says nothing of the one that a rotation waits for.
  const isNew = row.slot !== "current";
  const isRotating = isNew && rotation?.state === "validating";
  if (verdict === "unknown") {
    if (isRotating) await setRotation(tx, deviceId, KIND, "failed", { error: NOT_PROVED });
    return;
  }
  if (verdict === "right") {
    const replaced = await readHeld(tx, deviceId, KIND, "current");
    await book.confirm(tx, row, "right");
    // It was proved only to know where the Mac is: its first key, or one that somebody has seen, is still to be replaced.
    if (isRotating && (replaced === undefined || row.revealedAt !== null))
      await scheduleRotation(tx, deviceId, KIND, { reason: rotation.reason, dueAt: tx.now });
    else if (isRotating || (isNew && rotation?.state === "failed")) await setRotation(tx, deviceId, KIND, "done");
    return;
  }
  if (!isNew) await updateSecret(tx, row.id, { verdict, verifiedAt: tx.now });
  else await book.refuse(tx, row, "fdesetup on the Mac said that this key does not fit", "wrong");
  if (!isRotating) return;
  await setRotation(tx, deviceId, KIND, "failed", {
    error: "The Mac does not take the new key. The old one is kept and counts; both can be read in the history.",
  });
}

/**
 * Asks the Mac for a new key. It is unlocked with the one that we hold; where the last answer got lost, a newer one may count
 * already, so that one is proved first.
 */
export async function beginFileVaultRotation(
  tx: WriteTransaction,
  parts: EscrowParts,
  deviceId: DeviceId,
  key: EscrowKey,
  opened: Opened = new Map(),
): Promise<void> {
  const pending = await readHeld(tx, deviceId, KIND, "pending");
  const current = await readHeld(tx, deviceId, KIND, "current");
  if (pending !== undefined && (await readRotation(tx, deviceId, KIND))?.reason === OTHER_KEY) {
    await sendRotation(tx, parts, pending, key, opened);
    return;
  }
  if (pending !== undefined && (await proveRecoveryKey(tx, parts, pending, opened))) {
    await setRotation(tx, deviceId, KIND, "validating");
    return;
  }
  const unlocking = current ?? pending;
  if (unlocking === undefined) {
    await setRotation(tx, deviceId, KIND, "failed", { error: NO_KEY });
    return;
  }
  await sendRotation(tx, parts, unlocking, key, opened);
}

/** The new key is here: it is being proved, or there is nobody to prove it. */
export async function awaitProof(tx: WriteTransaction, deviceId: DeviceId): Promise<void> {
  await setRotation(tx, deviceId, KIND, "validating");
  const pending = await readHeld(tx, deviceId, KIND, "pending");
  if (pending === undefined || !(await isAsked(tx, deviceId, KIND, "verify", pending.id)))
    await setRotation(tx, deviceId, KIND, "failed", { error: NOT_PROVED });
}

/** One try with one key. */
export async function sendRotation(
  tx: WriteTransaction,
  parts: EscrowParts,
  unlocking: SecretRow,
  key: EscrowKey,
  opened?: Opened,
): Promise<void> {
  const { deviceId } = unlocking;
  const about = { deviceId, kind: KIND, purpose: "rotate", secretId: unlocking.id, keyId: key.id } as const;
  await askByCommand(tx, parts, about, "RotateFileVaultKey", {
    unlockSecret: parts.book.text(tx.scope.tenantId, unlocking, opened),
    replyCertificate: Buffer.from(key.certificate.raw).toString("base64"),
  });
  await setRotation(tx, deviceId, KIND, "sent");
}
