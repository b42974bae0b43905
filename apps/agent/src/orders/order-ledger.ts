import type { OrderMessage, OrderStatusMessage } from "@pomona/agent-protocol";

/** `received`: kept, nothing ran. `running`: it may have run. `final`: its last status is known. */
export type LedgerState = "received" | "running" | "final";

/** What the agent remembers of one order. */
export interface LedgerEntry {
  readonly orderId: string;
  readonly state: LedgerState;
  readonly channel: OrderMessage["channel"];
  /** When the order expires, epoch ms: a row is forgotten only after that, when the order would be refused anyway. */
  readonly expires: number;
  /** The order itself, until it is final. */
  readonly order?: OrderMessage;
  /** The last status, without its output. */
  readonly status?: OrderStatusMessage;
}

/**
 * The memory that makes an order run at most once. Law: a row is written before its order runs, states only go forward,
 * and a row outlives its order's expiry.
 */
export interface OrderLedger {
  find(orderId: string): LedgerEntry | undefined;
  /** False when the id is already there; then nothing is changed. */
  insert(entry: LedgerEntry): boolean;
  advance(orderId: string, state: "running" | "final", status?: OrderStatusMessage): void;
  /** Every row that is not final, oldest first. */
  open(): readonly LedgerEntry[];
  /** Removes final rows whose order expired before `now`. */
  forgetExpired(now: number): void;
  /** The highest epoch that was seen; 0 before the first order. */
  epoch(): number;
  raiseEpoch(epoch: number): void;
  /** Forgets everything: this Mac now belongs to another device id. */
  clear(): void;
}
