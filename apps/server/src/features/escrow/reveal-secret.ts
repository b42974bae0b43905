import {
  type InputOf,
  type RevealedSecret,
  revealBypassCode,
  revealLockPin,
  revealPassword,
  revealRecoveryKey,
} from "@pomona/contract";
import { asId, type SecretKind } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { KINDS } from "./kinds.ts";
import { type Opened, type SecretRow, toTime } from "./model.ts";
import { openAhead } from "./open-ahead.ts";
import { readPolicy } from "./policies.sql.ts";
import type { EscrowParts } from "./ports.ts";
import { countReveal } from "./reveals.sql.ts";
import { readHeld, readSecret, updateSecret } from "./secrets.sql.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** Values that one actor may see in one tenant in one hour: enough for a bad day, too few for whoever stole a session. */
export const REVEALS_AN_HOUR = 20;

export const revealActions = (parts: EscrowParts): readonly BoundAction[] => [
  bindAction(revealRecoveryKey, {
    prepare: ({ tenantId }, input) =>
      openAhead(parts, tenantId, async (tx) => [await choose(tx, "fileVaultKey", input)]),
    run: ({ tx, prepared }, input) => reveal(tx, parts, "fileVaultKey", input, prepared),
  }),
  bindAction(revealPassword, { run: ({ tx }, input) => reveal(tx, parts, input.kind, input) }),
  bindAction(revealLockPin, { run: ({ tx }, input) => reveal(tx, parts, "lockPin", input) }),
  bindAction(revealBypassCode, { run: ({ tx }, input) => reveal(tx, parts, input.kind, input) }),
];

/**
 * Shows one value to one person: counted, noted on the value, told, and on the audit trail in this same transaction. What was
 * seen is replaced soon, where the kind can be.
 */
async function reveal(
  tx: WriteTransaction,
  { book }: EscrowParts,
  kind: SecretKind,
  which: Which,
  opened?: Opened,
): Promise<RevealedSecret> {
  const row = await choose(tx, kind, which);
  const { deviceId } = row;
  if ((await countReveal(tx, Math.floor(tx.now / HOUR))) > REVEALS_AN_HOUR) {
    throw new PomonaError(
      "exhausted",
      "budget.exceeded",
      `You have seen ${REVEALS_AN_HOUR} secrets of this tenant within this hour, which is the limit. Wait for the next full hour.`,
      { detail: { limit: REVEALS_AN_HOUR } },
    );
  }
  const value = book.text(tx.scope.tenantId, row, opened);
  const rotateAt = await planRotation(tx, row);
  await updateSecret(tx, row.id, { revealedAt: tx.now, ...(rotateAt === null ? {} : { rotateAt }) });
  await tx.publish({
    type: "escrow.secret-revealed",
    deviceId,
    data: { kind, secretId: row.id, actor: tx.scope.actor.name, rotatesAt: rotateAt },
  });
  return {
    secretId: row.id,
    kind,
    slot: row.slot,
    value,
    since: new Date(row.createdAt).toISOString(),
    rotatesAt: toTime(rotateAt),
  };
}

type Which = Pick<InputOf<typeof revealRecoveryKey>, "deviceId" | "secretId">;

/** The value that is asked for: one of the history, or the one that counts. @throws PomonaError `device.not-found`, `secret.not-found` */
async function choose(tx: ReadTransaction, kind: SecretKind, { deviceId: id, secretId }: Which): Promise<SecretRow> {
  const deviceId = asId<"device">(id);
  if ((await readDevice(tx, deviceId)) === undefined) throw notFound("device", id);
  const row =
    secretId === undefined
      ? ((await readHeld(tx, deviceId, kind, "current")) ?? (await readHeld(tx, deviceId, kind, "pending")))
      : await readSecret(tx, secretId);
  if (row !== undefined && row.deviceId === deviceId && row.kind === kind) return row;
  throw new PomonaError(
    "not-found",
    "secret.not-found",
    `No ${KINDS[kind].words} is held for this Mac under that name.`,
  );
}

/** When a value that was just seen is replaced; null when it is not, or is no longer the one that counts. */
async function planRotation(tx: WriteTransaction, row: SecretRow): Promise<number | null> {
  if (row.slot !== "current" || KINDS[row.kind].rotatedBy === null) return null;
  const { afterRevealMinutes } = await readPolicy(tx, row.kind);
  if (afterRevealMinutes === null) return null;
  const soon = tx.now + afterRevealMinutes * MINUTE;
  return row.rotateAt === null ? soon : Math.min(row.rotateAt, soon);
}
