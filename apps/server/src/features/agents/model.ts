import type { IntentEnvelope, OrderType } from "@pomona/agent-protocol";
import type { Order } from "@pomona/contract";
import type { Channel, DeviceId, OrderId, OrderState } from "@pomona/facts";

/**
 * How an order goes on. `expired` is first said by the server, which may not know yet that the Mac took the order before
 * its time ran out: what the Mac then reports is the truth, and counts.
 */
export const ORDER_STATES: Readonly<Record<OrderState, readonly OrderState[]>> = {
  queued: ["sent", "running", "succeeded", "failed", "expired", "unknown"],
  sent: ["running", "succeeded", "failed", "expired", "unknown"],
  running: ["succeeded", "failed", "expired", "unknown"],
  succeeded: [],
  failed: [],
  expired: ["succeeded", "failed", "unknown"],
  unknown: [],
};

export const mayBecome = (from: OrderState, to: OrderState): boolean => ORDER_STATES[from].includes(to);
export const isFinal = (state: OrderState): boolean => !["queued", "sent", "running"].includes(state);

/** One way that was tried for an order. */
export interface Attempt {
  readonly channel: Channel;
  readonly at: number;
}

export interface OrderRow {
  readonly id: OrderId;
  readonly deviceId: DeviceId;
  readonly type: OrderType;
  readonly envelope: IntentEnvelope;
  /** What may be shown of the input. */
  readonly shownInput: Readonly<Record<string, unknown>>;
  readonly state: OrderState;
  readonly isUrgent: boolean;
  readonly actor: string;
  readonly createdAt: number;
  readonly sentAt: number | null;
  readonly receivedAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly expiresAt: number;
  readonly tried: readonly Attempt[];
  readonly arrivedBy: Channel | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly output: string;
  readonly outputTruncated: boolean;
  readonly data: unknown;
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const toOrder = (row: OrderRow): Order => ({
  id: row.id,
  deviceId: row.deviceId,
  type: row.type,
  input: row.shownInput,
  state: row.state,
  createdAt: new Date(row.createdAt).toISOString(),
  sentAt: time(row.sentAt),
  receivedAt: time(row.receivedAt),
  startedAt: time(row.startedAt),
  finishedAt: time(row.finishedAt),
  expiresAt: new Date(row.expiresAt).toISOString(),
  actor: row.actor,
  path: {
    tried: row.tried.map(({ channel, at }) => ({ channel, at: new Date(at).toISOString() })),
    arrivedBy: row.arrivedBy,
  },
  result: isFinal(row.state)
    ? {
        exitCode: row.exitCode,
        error: row.error,
        output: row.output,
        outputTruncated: row.outputTruncated,
        data: row.data,
      }
    : null,
});
