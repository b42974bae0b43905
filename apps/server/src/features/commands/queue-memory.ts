import type { DeviceId, TenantId } from "@pomona/facts";
import { DEVICE_CHANNEL, wakeGap } from "./model.ts";

/** Queues that are remembered; a Mac could invent any number of user channels. */
const REMEMBERED = 200_000;

export interface QueueAddress {
  readonly tenantId: TenantId;
  readonly deviceId: DeviceId;
  readonly channel: string;
}
interface Waiting extends QueueAddress {
  tries: number;
  wakeAt: number;
}

/**
 * What is known of queues without a look at the store: which have nothing to serve, so that an idle poll reads memory only;
 * which have something that their Mac does not fetch or does not answer, so that it is woken again, ever more slowly; and which
 * have ended commands, for which an index would be written at every answer.
 */
export class QueueMemory {
  /** Until when nothing can be served from a queue; without end where it is empty. */
  readonly #idleUntil = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  #answered = new Map<DeviceId, TenantId>();

  isIdle(deviceId: DeviceId, channel: string, now: number): boolean {
    const until = this.#idleUntil.get(keyOf(deviceId, channel));
    return until !== undefined && now < until;
  }

  /** Only from the `afterCommit` of a write that saw it so: commits and their effects come in one order. */
  noteIdle({ deviceId, channel }: QueueAddress, until: number): void {
    const key = keyOf(deviceId, channel);
    if (this.#idleUntil.size >= REMEMBERED) this.#idleUntil.clear();
    this.#idleUntil.set(key, until);
    this.#waiting.delete(key);
  }

  /** Something was queued, or sent: from now on the Mac is expected. */
  noteExpected(address: QueueAddress, now: number): void {
    const key = keyOf(address.deviceId, address.channel);
    this.#idleUntil.delete(key);
    if (this.#waiting.size >= REMEMBERED) this.#waiting.clear();
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, { ...address, tries: 0, wakeAt: now + wakeGap(0) });
    else {
      waiting.tries = 0;
      waiting.wakeAt = now + wakeGap(0);
    }
  }

  /** The holds of a queue changed: the store has to be asked. */
  forget(deviceId: DeviceId, channel: string): void {
    this.#idleUntil.delete(keyOf(deviceId, channel));
  }
  forgetAll(): void {
    this.#idleUntil.clear();
  }

  /** A command was ended: its row is to be carried over. It may be noted too often, so nobody waits for the commit. */
  noteAnswered(tenantId: TenantId, deviceId: DeviceId): void {
    this.#answered.set(deviceId, tenantId);
  }
  /** Macs with ended commands in the queue since the last call. */
  takeAnswered(): readonly (readonly [DeviceId, TenantId])[] {
    const answered = [...this.#answered];
    this.#answered = new Map();
    return answered;
  }

  /** After a start: queues with something in them, a little apart so that a fleet is not woken in one moment. */
  seed(queues: readonly QueueAddress[], now: number): void {
    for (const [at, queue] of queues.entries()) {
      const wakeAt = now + (at % 300) * 1000;
      this.#waiting.set(keyOf(queue.deviceId, queue.channel), { ...queue, tries: 0, wakeAt });
    }
  }

  /** Queues whose Mac should be woken again now; each is due again after a longer while. */
  takeDue(now: number, limit: number): readonly QueueAddress[] {
    const due: QueueAddress[] = [];
    for (const waiting of this.#waiting.values()) {
      if (waiting.wakeAt > now) continue;
      waiting.tries += 1;
      waiting.wakeAt = now + wakeGap(waiting.tries);
      due.push(waiting);
      if (due.length >= limit) break;
    }
    return due;
  }
}

const keyOf = (deviceId: DeviceId, channel: string): string =>
  channel === DEVICE_CHANNEL ? deviceId : `${deviceId} ${channel}`;
