import type { QueueHook } from "../commands/index.ts";
import type { EscrowParts } from "./ports.ts";
import { insertAsk } from "./rotations.sql.ts";

/** The commands that make a Mac ask for six digits, and that nothing but these digits ends. */
export const PIN_COMMANDS: readonly string[] = ["DeviceLock", "EraseDevice"];

/** Keeps the PIN in the transaction that queues the command: no Mac is ever locked with digits that nobody has. */
export const keepLockPin =
  ({ book }: Pick<EscrowParts, "book">): QueueHook =>
  async (tx, { id, deviceId, requestType, payload }) => {
    const pin = payload["PIN"];
    if (typeof pin !== "string" || pin === "") return;
    const row = await book.keepPending(tx, { deviceId, kind: "lockPin", value: pin, source: requestType });
    const about = { deviceId, kind: "lockPin", purpose: "rotate", secretId: row.id, keyId: null } as const;
    await insertAsk(tx, { ref: id, ...about });
  };
