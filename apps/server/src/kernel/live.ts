import type { DeviceId, TenantId } from "@pomona/facts";

/**
 * What is shown while it happens and is not kept by the stream: output of a running order, presence ticks. It has no
 * position; whoever was not listening reads the stored state instead.
 */
export interface LiveMessage {
  readonly type: "order.output" | "command.sent" | "device.seen" | "terminal.data";
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export class LiveFeed {
  readonly #listeners = new Set<(message: LiveMessage) => void>();

  publish(message: LiveMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: (message: LiveMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
