import type { QueueHook } from "../commands/index.ts";
import type { LockKind } from "./locks.ts";
import type { EscrowParts } from "./ports.ts";
import { insertAsk } from "./rotations.sql.ts";
import { readHeld } from "./secrets.sql.ts";

const KIND_SET: ReadonlyMap<string, LockKind> = new Map([
  ["SetRecoveryLock", "recoveryLock"],
  ["SetFirmwarePassword", "firmwarePassword"],
]);
/** The commands that put a password on a Mac, or take it off. */
export const SET_COMMANDS: readonly string[] = [...KIND_SET.keys()];

/**
 * Keeps a password that somebody sets by command, in the transaction that queues it. Commands of escrow's own come by too: what
 * they carry is pending already, and what escrow then remembers of them replaces what is remembered here.
 */
export const keepSetPassword =
  ({ book }: Pick<EscrowParts, "book">): QueueHook =>
  async (tx, { id, deviceId, requestType, payload }) => {
    const kind = KIND_SET.get(requestType);
    const { NewPassword: value = "" } = payload;
    // A Mac refuses what is no text.
    if (kind === undefined || typeof value !== "string") return;
    const pending = await readHeld(tx, deviceId, kind, "pending");
    if (value === "") {
      const held = (await readHeld(tx, deviceId, kind, "current")) ?? pending;
      if (held === undefined) return;
      await insertAsk(tx, { ref: id, deviceId, kind, purpose: "clear", secretId: held.id, keyId: null });
      return;
    }
    const known = await book.find(tx, deviceId, kind, Buffer.from(value, "utf8"));
    const isHeld = known !== undefined && known.slot !== "old";
    const row = isHeld ? known : await book.keepPending(tx, { deviceId, kind, value, source: requestType });
    const keyId = isHeld ? null : (pending?.id ?? null);
    await insertAsk(tx, { ref: id, deviceId, kind, purpose: "set", secretId: row.id, keyId });
  };
