import type { DeviceId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { askByCommand } from "./ask.ts";
import { readEscrowDevice, updateEscrowDevice } from "./devices.sql.ts";
import type { EscrowParts } from "./ports.ts";
import { isAsked } from "./rotations.sql.ts";
import { readHeld } from "./secrets.sql.ts";

const KIND = "activationLockDevice";
const DAY = 86_400_000;
const HOUR = 3_600_000;
/** How long macOS hands out its bypass code after the Mac became supervised. */
export const CODE_DAYS = 15;
/** Such a Mac has no code to hand out. */
export const NOT_SUPERVISED = "The Mac is not supervised, so it has no bypass code.";
/** So long before the end it is told that the code is not here. */
const TELL_MS = 5 * DAY;
/** Between tries, by how many there were; the last one repeats. */
const PAUSES_MS = [HOUR, 6 * HOUR, DAY];

/** Asks a Mac for its own bypass code, while it hands it out. Looked at again later where it is not known to be supervised. */
export async function askForCode(tx: WriteTransaction, parts: EscrowParts, deviceId: DeviceId): Promise<void> {
  const about = await readEscrowDevice(tx, deviceId);
  const device = await readDevice(tx, deviceId);
  if (about === undefined || device === undefined) return;
  const isOver = tx.now >= about.codeUntil || (await readHeld(tx, deviceId, KIND, "current")) !== undefined;
  if (isOver || !device.mdmEnrolled) {
    await updateEscrowDevice(tx, deviceId, { codeDueAt: null });
    return;
  }
  const isTold = about.codeToldAt !== null || tx.now < about.codeUntil - TELL_MS || device.facts.supervised === false;
  if (!isTold) {
    await updateEscrowDevice(tx, deviceId, { codeToldAt: tx.now });
    await tx.publish({ type: "escrow.code-expiring", deviceId, data: { expiresAt: about.codeUntil } });
  }
  const pause = PAUSES_MS[Math.min(about.codeTries, PAUSES_MS.length - 1)]!;
  await updateEscrowDevice(tx, deviceId, { codeDueAt: tx.now + pause, codeTries: about.codeTries + 1 });
  if (device.facts.supervised === false) {
    await updateEscrowDevice(tx, deviceId, { codeNote: NOT_SUPERVISED });
    return;
  }
  if (about.codeNote === NOT_SUPERVISED) await updateEscrowDevice(tx, deviceId, { codeNote: null });
  if (await isAsked(tx, deviceId, KIND, "fetch")) return;
  await askByCommand(tx, parts, { deviceId, kind: KIND, purpose: "fetch" }, "ActivationLockBypassCode");
}

/** The Mac's answer, whoever asked. */
export async function takeCodeAnswer(
  tx: WriteTransaction,
  { book }: EscrowParts,
  deviceId: DeviceId,
  code: string | undefined,
  why: string,
): Promise<void> {
  if (code === undefined) {
    await updateEscrowDevice(tx, deviceId, { codeNote: why.slice(0, 500) });
    return;
  }
  await updateEscrowDevice(tx, deviceId, { codeDueAt: null, codeNote: null });
  const known = await book.find(tx, deviceId, KIND, Buffer.from(code, "utf8"));
  if (known === undefined)
    await book.keepCurrent(tx, { deviceId, kind: KIND, value: code, source: "ActivationLockBypassCode" });
  else await book.confirm(tx, known);
}
