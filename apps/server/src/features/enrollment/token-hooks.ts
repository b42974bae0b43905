import type { DeviceId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";

/** A Mac, or a user's channel on it, has told how it can be woken. */
export interface TokenTold {
  readonly deviceId: DeviceId;
  /** Identifier of the user's channel; null for the device channel. */
  readonly channel: string | null;
  /** There was another one before, within the same enrollment. */
  readonly isChanged: boolean;
  /** Apple had refused the one before. */
  readonly wasStopped: boolean;
}

/** What else happens at a TokenUpdate, in its transaction. */
export type TokenHook = (tx: WriteTransaction, told: TokenTold) => Promise<void>;

/** What a TokenUpdate changes about the way to a Mac. @param held what was known before; undefined at the first one */
export const tokenTold = (
  to: Pick<TokenTold, "deviceId" | "channel">,
  held: { readonly pushToken: Uint8Array | null; readonly isPushStopped: boolean } | undefined,
  pushToken: Uint8Array,
): TokenTold => ({
  ...to,
  isChanged: held !== undefined && held.pushToken !== null && Buffer.compare(held.pushToken, pushToken) !== 0,
  wasStopped: held?.isPushStopped ?? false,
});
