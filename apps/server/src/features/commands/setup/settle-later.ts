import type { DeviceId, TenantId } from "@pomona/facts";
import type { Job, Kernel } from "../../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../../kernel/scope.ts";
import type { WriteTransaction } from "../../../kernel/store.ts";
import { readWaiting } from "./setup.sql.ts";

/**
 * When to look at Macs in Setup Assistant: after an answer of theirs, after work was noted, and at times of their own. It knows
 * them from memory, so that the answers of all other Macs cost nothing here.
 */
export class SettleLater {
  readonly #kernel: Kernel;
  readonly #waiting = new Map<DeviceId, TenantId>();
  readonly #due = new Map<DeviceId, TenantId>();
  #settle: (tx: WriteTransaction, deviceId: DeviceId) => Promise<void> = async () => {};
  #running: Promise<void> = Promise.resolve();
  #unwatch = () => {};

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Begins with all that waited when the server stopped. */
  async start(settle: (tx: WriteTransaction, deviceId: DeviceId) => Promise<void>): Promise<void> {
    this.#settle = settle;
    for (const { tenantId, deviceId } of await this.#read("all")) {
      this.#waiting.set(deviceId, tenantId);
      this.#add(tenantId, deviceId);
    }
    this.#unwatch = this.#kernel.facts.subscribe((facts) => {
      for (const { type, deviceId } of facts) {
        if (type !== "command.answered" || deviceId === null) continue;
        const tenantId = this.#waiting.get(deviceId);
        if (tenantId !== undefined) this.#add(tenantId, deviceId);
      }
    });
  }

  async stop(): Promise<void> {
    this.#unwatch();
    this.#settle = async () => {};
    this.#due.clear();
    await this.#running;
  }

  soon(tx: WriteTransaction, deviceId: DeviceId): void {
    const { tenantId } = tx.scope;
    tx.afterCommit(() => {
      this.#waiting.set(deviceId, tenantId);
      this.#add(tenantId, deviceId);
    });
  }

  forget(tx: WriteTransaction, deviceId: DeviceId): void {
    tx.afterCommit(() => {
      this.#waiting.delete(deviceId);
      this.#due.delete(deviceId);
    });
  }

  /** Deadlines, and Macs that refused to go on. */
  job(): Job {
    return {
      name: "commands/settle-setups",
      everyMs: 5000,
      run: async () => {
        for (const { tenantId, deviceId } of await this.#read("due")) this.#add(tenantId, deviceId);
        await this.#running;
      },
    };
  }

  #read(which: "due" | "all") {
    return this.#kernel.store.read(systemScope(PLATFORM, "setup"), (tx) => readWaiting(tx, which));
  }

  #add(tenantId: TenantId, deviceId: DeviceId): void {
    this.#due.set(deviceId, tenantId);
    if (this.#due.size === 1) this.#running = this.#running.then(() => this.#drain());
  }

  async #drain(): Promise<void> {
    for (const [deviceId, tenantId] of this.#due) {
      this.#due.delete(deviceId);
      try {
        await this.#kernel.store.write(systemScope(tenantId, "setup"), (tx) => this.#settle(tx, deviceId));
      } catch (error) {
        // Its time comes again; what it waits for is in its rows.
        this.#kernel.log.error("setup.unsettled", { deviceId, error: String(error) });
      }
    }
  }
}
