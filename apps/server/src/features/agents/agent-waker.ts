import type { DeviceId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { readDevice } from "../devices/index.ts";
import type { AgentIdentity } from "./ports.ts";
import type { SettingsSender } from "./send-settings.ts";

/** A Mac is woken this often at most, unless it is urgent. */
const CALM_MS = 60_000;
const URGENT_MS = 2_000;

/**
 * The wake-up: Apple's push wakes Apple's client, which installs the settings profile again with another `Nudge`; launchd
 * watches that file and starts the agent.
 */
export class AgentWaker {
  readonly #kernel: Kernel;
  readonly #settings: SettingsSender;
  readonly #last = new Map<DeviceId, number>();

  constructor(kernel: Kernel, settings: SettingsSender) {
    this.#kernel = kernel;
    this.#settings = settings;
  }

  /** @returns whether a wake-up is on its way by this call */
  async wake(to: AgentIdentity, isUrgent: boolean): Promise<boolean> {
    const now = this.#kernel.clock.now();
    const last = this.#last.get(to.deviceId);
    if (last !== undefined && now - last < (isUrgent ? URGENT_MS : CALM_MS)) return false;
    this.#last.set(to.deviceId, now);
    try {
      return await this.#send(to);
    } catch (error) {
      this.#kernel.log.warn("agents.wake-failed", { deviceId: to.deviceId, error: String(error) });
      return false;
    }
  }

  /** Whether the Mac was woken within the last minutes and so may have come because of it. */
  wasWoken(deviceId: DeviceId): boolean {
    const last = this.#last.get(deviceId);
    return last !== undefined && this.#kernel.clock.now() - last < 10 * CALM_MS;
  }

  /** What is older than the rhythm is of no use. */
  forgetOld(): void {
    const now = this.#kernel.clock.now();
    for (const [deviceId, at] of this.#last) if (now - at > 10 * CALM_MS) this.#last.delete(deviceId);
  }

  #send(to: AgentIdentity): Promise<boolean> {
    return this.#kernel.store.write(systemScope(to.tenantId, "agents"), async (tx) => {
      const device = await readDevice(tx, to.deviceId);
      if (device === undefined || !device.mdmEnrolled || device.quarantine !== null) return false;
      await this.#settings.send(tx, to.deviceId, { isUrgent: true });
      return true;
    });
  }
}
