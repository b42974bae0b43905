import type { SecretKind } from "@pomona/facts";
import type { ResetHook } from "../enrollment/index.ts";
import type { EscrowParts } from "./ports.ts";
import { readHeld } from "./secrets.sql.ts";
import { setRotation } from "./set-rotation.ts";

/** What an enrollment takes with it: macOS clears a recovery lock, and an erased Mac makes another bypass code. */
const ENDED: readonly SecretKind[] = ["recoveryLock", "activationLockDevice"];

/**
 * A Mac enrolls anew, or leaves. What may not be on it any more becomes history, readable as ever: nothing is built on it, and
 * the new code is asked for. After the queue's own hook, so that what was under way has ended.
 */
export const retireAtReset =
  ({ book }: Pick<EscrowParts, "book">): ResetHook =>
  async (tx, deviceId) => {
    for (const kind of ENDED) {
      for (const slot of ["pending", "current"] as const) {
        const held = await readHeld(tx, deviceId, kind, slot);
        if (held !== undefined) await book.retire(tx, held, "the Mac enrolled anew or left");
      }
    }
    await setRotation(tx, deviceId, "recoveryLock", "failed", {
      error: "The Mac enrolled anew or left, and macOS takes its recovery lock off with that. Set a new one.",
    });
  };
