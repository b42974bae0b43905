import type { IntentEnvelope, OrderMessage, OrderType } from "@pomona/agent-protocol";
import { asId, type Channel, type DeviceId, type OrderId } from "@pomona/facts";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import type { AgentWaker } from "./agent-waker.ts";
import type { Attempt } from "./model.ts";
import type { NetPolls } from "./net-polls.ts";
import { inputOf } from "./order-input.ts";
import { readUndelivered } from "./orders.sql.ts";
import type { AgentIdentity, DeviceBus } from "./ports.ts";
import { recordAttempts } from "./record-attempts.ts";

/** An order ready to be sent. */
export interface DeliverableOrder {
  readonly envelope: IntentEnvelope;
  readonly type: OrderType;
  readonly input: unknown;
  readonly isUrgent: boolean;
}

/** When the next way is tried as well, in ms after an order was placed. */
export const NET_AFTER_MS = 500;
export const WAKE_AFTER_MS = 1_500;
/** Orders of one Mac in one go; the rest follows when these are received. */
const AT_ONCE = 200;
/** A copy by the same way is not sent again within this time. */
const SAME_WAY_MS = 3_000;

export interface OrderWays {
  readonly bus: () => DeviceBus;
  readonly polls: NetPolls;
  readonly waker: AgentWaker;
  readonly isOnline: (deviceId: DeviceId) => boolean;
}

interface Pending {
  readonly to: AgentIdentity;
  readonly tried: Attempt[];
  /** When a copy was last handed to the wire. */
  wiredAt: number;
  readonly timers: NodeJS.Timeout[];
}

/**
 * Brings orders to their Macs: the best way at once, the others when no receipt comes, all three at once when it is
 * urgent. It keeps nothing that matters: every order is in the store, and what gets lost here the sweep sends again.
 */
export class OrderCourier {
  readonly #kernel: Kernel;
  readonly #bus: () => DeviceBus;
  readonly #polls: NetPolls;
  readonly #waker: AgentWaker;
  readonly #isOnline: (deviceId: DeviceId) => boolean;
  readonly #pending = new Map<OrderId, Pending>();
  #isStopped = false;

  constructor(kernel: Kernel, ways: OrderWays) {
    this.#kernel = kernel;
    this.#bus = ways.bus;
    this.#polls = ways.polls;
    this.#waker = ways.waker;
    this.#isOnline = ways.isOnline;
  }

  /** Sends a new order; called after its commit. */
  deliver(to: AgentIdentity, order: DeliverableOrder): void {
    if (this.#isStopped) return;
    const id = asId<"order">(order.envelope.id);
    const pending = this.#open(id, to);
    const isOnWire = this.#byWire(to, order, "wire");
    // A Mac between two polls takes it along with the next.
    const mayPoll = this.#polls.isWaiting(to.deviceId) || this.#isOnline(to.deviceId);
    if (order.isUrgent || !isOnWire) this.#polls.nudge(to.deviceId);
    if (order.isUrgent || (!isOnWire && !mayPoll)) void this.#wake(pending, order.isUrgent);
    const wakeToo = async () => {
      if (!pending.tried.some(({ channel }) => channel === "wake")) await this.#wake(pending, order.isUrgent);
      await this.#settle(id);
    };
    pending.timers.push(
      // A little later than the wire has for itself, so that the poll does not find it still there.
      setTimeout(() => this.#polls.nudge(to.deviceId), NET_AFTER_MS + 20),
      setTimeout(() => void wakeToo(), WAKE_AFTER_MS),
    );
  }

  /**
   * Sends everything that a Mac was not yet heard to have, over its live wire.
   * @param channel `wake` when a wake-up brought the Mac here
   */
  async deliverAll(to: AgentIdentity, channel: "wire" | "wake"): Promise<void> {
    if (!this.#bus().isListening(to, "control")) return;
    for (const order of await this.#undelivered(to)) {
      this.#open(asId<"order">(order.envelope.id), to);
      if (!this.#byWire(to, order, channel)) break;
    }
    this.#settleLater(to);
  }

  /** What the answer of a poll carries. */
  async collectForNet(to: AgentIdentity, channel: "net" | "wake"): Promise<readonly OrderMessage[]> {
    const messages: OrderMessage[] = [];
    for (const order of await this.#undelivered(to)) {
      const id = asId<"order">(order.envelope.id);
      const pending = this.#open(id, to);
      const last = pending.tried.findLast((attempt) => attempt.channel === channel);
      const now = this.#kernel.clock.now();
      if (last !== undefined && now - last.at < SAME_WAY_MS) continue;
      // It is on the wire at this moment: the net is for when no receipt comes.
      if (!order.isUrgent && now - pending.wiredAt < NET_AFTER_MS) continue;
      this.#note(pending, channel);
      messages.push(toMessage(order, channel));
    }
    if (messages.length > 0) this.#settleLater(to);
    return messages;
  }

  /** The sweep's try: whatever is there now, and a wake-up where nothing is. */
  async redeliver(to: AgentIdentity, isUrgent: boolean): Promise<void> {
    if (this.#bus().isListening(to, "control")) return this.deliverAll(to, "wire");
    if (this.#polls.isWaiting(to.deviceId)) return this.#polls.nudge(to.deviceId);
    await this.#waker.wake(to, isUrgent);
  }

  /** A receipt came: no other way is needed. @returns the tries that are not in the row yet */
  takeUnwritten(id: OrderId): readonly Attempt[] {
    const pending = this.#pending.get(id);
    if (pending === undefined) return [];
    for (const timer of pending.timers) clearTimeout(timer);
    this.#pending.delete(id);
    return pending.tried;
  }

  stop(): void {
    this.#isStopped = true;
    for (const { timers } of this.#pending.values()) for (const timer of timers) clearTimeout(timer);
    this.#pending.clear();
  }

  #open(id: OrderId, to: AgentIdentity): Pending {
    let pending = this.#pending.get(id);
    if (pending === undefined) {
      pending = { to, tried: [], wiredAt: Number.NEGATIVE_INFINITY, timers: [] };
      this.#pending.set(id, pending);
    }
    return pending;
  }

  #byWire(to: AgentIdentity, order: DeliverableOrder, channel: "wire" | "wake"): boolean {
    const isSent = this.#bus().send(to, "control", "order", JSON.stringify(toMessage(order, channel)));
    const pending = this.#pending.get(asId<"order">(order.envelope.id));
    if (isSent && pending !== undefined) {
      pending.wiredAt = this.#kernel.clock.now();
      this.#note(pending, channel);
    }
    return isSent;
  }

  async #wake(pending: Pending, isUrgent: boolean): Promise<void> {
    // Noted before it is known: in a race the receipt is often here before the push is queued, and takes the record along.
    const attempt: Attempt = { channel: "wake", at: this.#kernel.clock.now() };
    pending.tried.push(attempt);
    if (!(await this.#waker.wake(pending.to, isUrgent))) pending.tried.splice(pending.tried.indexOf(attempt), 1);
  }

  #note(pending: Pending, channel: Channel): void {
    // That the Mac came because it was woken is the same try as the push that woke it.
    if (channel === "wake" && pending.tried.some((attempt) => attempt.channel === "wake")) return;
    pending.tried.push({ channel, at: this.#kernel.clock.now() });
  }

  async #undelivered(to: AgentIdentity): Promise<readonly DeliverableOrder[]> {
    const rows = await this.#kernel.store.read(systemScope(to.tenantId, "agents"), (tx) =>
      readUndelivered(tx, to.deviceId, AT_ONCE),
    );
    return rows.map((row) => ({
      envelope: row.envelope,
      type: row.type,
      input: inputOf(this.#kernel.vault, to.tenantId, row),
      isUrgent: row.isUrgent,
    }));
  }

  /** Most receipts come within the next moments, and write the tries themselves. */
  #settleLater(to: AgentIdentity): void {
    for (const [id, pending] of this.#pending) {
      if (pending.to.deviceId !== to.deviceId || pending.timers.length > 0) continue;
      pending.timers.push(setTimeout(() => void this.#settle(id), WAKE_AFTER_MS));
    }
  }

  /** Writes what was tried while no receipt came, and forgets the order: from here on it is the sweep's. */
  async #settle(id: OrderId): Promise<void> {
    const pending = this.#pending.get(id);
    const attempts = this.takeUnwritten(id);
    if (pending === undefined || attempts.length === 0 || this.#isStopped) return;
    try {
      await this.#kernel.store.write(systemScope(pending.to.tenantId, "agents"), (tx) =>
        recordAttempts(tx, id, attempts),
      );
    } catch (error) {
      this.#kernel.log.warn("agents.attempts-unwritten", { orderId: id, error: String(error) });
    }
  }
}

const toMessage = ({ envelope, type, input }: DeliverableOrder, channel: Channel): OrderMessage => ({
  envelope,
  type,
  input,
  channel,
});
