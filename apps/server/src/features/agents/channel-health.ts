import type { Channel, DeviceId } from "@pomona/facts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { setChannel } from "../devices/index.ts";

type Health = "up" | "down" | "unknown";
const REWRITE_MS = 60_000;

/** Notes how each of the three ways does; the row is written when that changed, else once a minute. */
export class ChannelHealth {
  readonly #written = new Map<string, { readonly health: Health; readonly at: number }>();

  async note(
    tx: WriteTransaction,
    deviceId: DeviceId,
    channel: Channel,
    health: Health,
    detail: string | null = null,
  ): Promise<void> {
    const key = `${deviceId}.${channel}`;
    const last = this.#written.get(key);
    if (last?.health === health && tx.now - last.at < REWRITE_MS) return;
    await setChannel(tx, deviceId, channel, { health, lastUsedAt: tx.now, detail });
    tx.afterCommit(() => this.#written.set(key, { health, at: tx.now }));
  }
}
