import type { Lane } from "@pomona/agent-protocol";

/** `kept` goes last when room is short (incidents, receipts, statuses), `telemetry` first. */
export type SpoolClass = "kept" | "telemetry";

/** A message that waits for its acknowledgement. */
export interface SpooledMessage {
  /** Grows with every message. */
  readonly id: number;
  readonly lane: Lane;
  readonly message: string;
  /** JSON. */
  readonly body: string;
}

/**
 * What waits to be sent. Bounded in bytes: when room is short the oldest telemetry goes first, then the oldest of the rest,
 * and every message that goes unsent is counted.
 */
export interface Spool {
  add(message: { lane: Lane; message: string; body: string; class: SpoolClass }): void;
  /** The oldest messages of a lane, or of all, with an id beyond `after`. */
  peek(limit: number, lane?: Lane, after?: number): readonly SpooledMessage[];
  remove(ids: readonly number[]): void;
  /** Messages that wait. */
  count(): number;
  /** Messages that were given up since the store was made. */
  shed(): number;
  clear(): void;
}
