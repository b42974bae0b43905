import type { DeviceId, TenantId } from "@pomona/facts";
import { keepQuarantinedMessage } from "../../features/devices/index.ts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";

const PER_MINUTE = 60;

/** Keeps what a known Mac sent and nobody could read, up to so many a minute and tenant; the rest is only counted. */
export class QuarantineIntake {
  readonly #kernel: Kernel;
  readonly #taken = new Map<TenantId, number>();
  #minute = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async keep(message: {
    readonly tenantId: TenantId;
    readonly deviceId: DeviceId | null;
    readonly path: string;
    readonly reason: string;
    readonly bytes: Uint8Array;
  }): Promise<void> {
    const { tenantId, deviceId, path, reason, bytes } = message;
    const minute = Math.floor(this.#kernel.clock.now() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#taken.clear();
    }
    const taken = (this.#taken.get(tenantId) ?? 0) + 1;
    this.#taken.set(tenantId, taken);
    this.#kernel.log.warn("device-door.unreadable", { tenantId, path, reason, sizeBytes: bytes.length, taken });
    if (taken > PER_MINUTE) return;
    await this.#kernel.store.write(systemScope(tenantId, "device-door"), (tx) =>
      keepQuarantinedMessage(tx, this.#kernel.vault, { channel: "device", deviceId, subject: path, reason, bytes }),
    );
  }
}
