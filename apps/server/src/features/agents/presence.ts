import type { Channel, DeviceId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { deviceScope } from "../../kernel/scope.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { readDevice, setAgentState } from "../devices/index.ts";
import type { ChannelHealth } from "./channel-health.ts";
import type { AgentIdentity, WireEnd } from "./ports.ts";

/** Between two long polls a Mac is still there. */
const BETWEEN_POLLS_MS = 5_000;

interface Presence {
  isOnWire: boolean;
  polls: number;
  gone?: NodeJS.Timeout;
}

/**
 * Who is there: a Mac whose control lane is connected and said hello, or that holds a long poll. It comes from sockets,
 * so it is told at once.
 */
export class PresenceBook {
  readonly #kernel: Kernel;
  readonly #health: ChannelHealth;
  readonly #there = new Map<DeviceId, Presence>();
  #isStopped = false;

  constructor(kernel: Kernel, health: ChannelHealth) {
    this.#kernel = kernel;
    this.#health = health;
  }

  isOnline(deviceId: DeviceId): boolean {
    const presence = this.#there.get(deviceId);
    return presence !== undefined && (presence.isOnWire || presence.polls > 0 || presence.gone !== undefined);
  }

  /** A hello came. Only one on the wire or with a poll that will be held says that the Mac stays. */
  async came(tx: WriteTransaction, deviceId: DeviceId, channel: Channel, version: string): Promise<void> {
    if (!this.isOnline(deviceId)) return;
    const device = await readDevice(tx, deviceId);
    if (device === undefined || device.agentOnline) return;
    await setAgentState(tx, deviceId, { isOnline: true });
    await tx.publish({ type: "agent.online", deviceId, data: { channel, version } });
  }

  wireOpened(deviceId: DeviceId): void {
    const presence = this.#of(deviceId);
    presence.isOnWire = true;
    this.#stays(presence);
  }

  wireEnded(from: AgentIdentity, end: WireEnd): void {
    // The one that took its place is there.
    if (end === "replaced" || this.#isStopped) return;
    const presence = this.#of(from.deviceId);
    presence.isOnWire = false;
    const detail = end === "vanished" ? "The Mac fell silent." : "The connection was closed.";
    const isGone = presence.polls === 0;
    if (isGone) this.#forget(from.deviceId, presence);
    this.#write(from, async (tx) => {
      await this.#health.note(tx, from.deviceId, "wire", "down", detail);
      if (isGone && !this.isOnline(from.deviceId)) await this.#left(tx, from.deviceId, end);
    });
  }

  pollBegan(deviceId: DeviceId): void {
    const presence = this.#of(deviceId);
    presence.polls += 1;
    this.#stays(presence);
  }

  pollEnded(from: AgentIdentity): void {
    const presence = this.#of(from.deviceId);
    presence.polls -= 1;
    if (presence.polls > 0 || presence.isOnWire || this.#isStopped) return;
    this.#stays(presence);
    presence.gone = setTimeout(() => {
      this.#forget(from.deviceId, presence);
      this.#write(from, async (tx) => {
        await this.#health.note(tx, from.deviceId, "net", "down", "The Mac stopped asking.");
        if (!this.isOnline(from.deviceId)) await this.#left(tx, from.deviceId, "vanished");
      });
    }, BETWEEN_POLLS_MS);
  }

  /** What happens to the sockets from now on is our doing; the next start says who was there. */
  stop(): void {
    this.#isStopped = true;
    for (const presence of this.#there.values()) this.#stays(presence);
  }

  #of(deviceId: DeviceId): Presence {
    let presence = this.#there.get(deviceId);
    if (presence === undefined) this.#there.set(deviceId, (presence = { isOnWire: false, polls: 0 }));
    return presence;
  }

  #stays(presence: Presence): void {
    clearTimeout(presence.gone);
    delete presence.gone;
  }

  #forget(deviceId: DeviceId, presence: Presence): void {
    this.#stays(presence);
    if (this.#there.get(deviceId) === presence) this.#there.delete(deviceId);
  }

  async #left(tx: WriteTransaction, deviceId: DeviceId, reason: "closed" | "vanished"): Promise<void> {
    const device = await readDevice(tx, deviceId);
    if (device === undefined || !device.agentOnline) return;
    await setAgentState(tx, deviceId, { isOnline: false });
    await tx.publish({ type: "agent.offline", deviceId, data: { reason } });
  }

  #write(from: AgentIdentity, body: (tx: WriteTransaction) => Promise<void>): void {
    this.#kernel.store
      .write(deviceScope(from.tenantId, from.deviceId), body)
      .catch((error: unknown) => this.#kernel.log.error("agents.presence-unwritten", { error: String(error) }));
  }
}
