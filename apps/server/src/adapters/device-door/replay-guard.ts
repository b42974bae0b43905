import { hash } from "node:crypto";

const WINDOW_MS = 300_000;
const MOST_SIGNATURES = 200_000;
const MOST_SENDERS = 200_000;

/**
 * Refuses old messages that come again: a signature that was first seen more than five minutes ago, or a signing time more
 * than five minutes before the newest of the same sender. The Mac's clock is only compared with itself, and a new enrollment
 * begins anew. A retry sooner than that is let through; it changes nothing a second time.
 */
export class ReplayGuard {
  /** In the order in which they were first seen. */
  readonly #seen = new Map<string, number>();
  readonly #newest = new Map<string, number>();

  /** @param sender whose signing times are compared, one per channel */
  isReplay(sender: string, signature: string, signingTime: number | undefined, now: number): boolean {
    const key = hash("sha256", signature, "base64");
    const firstSeen = this.#seen.get(key);
    if (firstSeen !== undefined && now - firstSeen > WINDOW_MS) return true;
    if (signingTime !== undefined) {
      const newest = this.#newest.get(sender);
      if (newest !== undefined && signingTime < newest - WINDOW_MS) return true;
      if (newest === undefined || signingTime > newest) this.#remember(sender, signingTime);
    }
    if (firstSeen === undefined) {
      if (this.#seen.size >= MOST_SIGNATURES) this.#seen.delete(this.#seen.keys().next().value!);
      this.#seen.set(key, now);
    }
    return false;
  }

  /** Whether this very message came before, however long ago. */
  wasSeen(signature: string): boolean {
    return this.#seen.has(hash("sha256", signature, "base64"));
  }

  /** A Mac that was erased may have another clock. */
  forget(sender: string): void {
    this.#newest.delete(sender);
  }

  #remember(sender: string, signingTime: number): void {
    if (this.#newest.size >= MOST_SENDERS) this.#newest.clear();
    this.#newest.set(sender, signingTime);
  }
}
