import type { OrderStatusMessage } from "@pomona/agent-protocol";

/** What came of an order that ran. */
export type OrderOutcome = Pick<OrderStatusMessage, "exitCode" | "error" | "output" | "outputTruncated" | "data"> & {
  readonly state: "succeeded" | "failed";
};

/** What an order may use while it runs. */
export interface OrderRun {
  readonly orderId: string;
  /** Aborts when the agent stops. */
  readonly signal: AbortSignal;
  /** A piece of output for those who watch; may fall away. */
  onOutput(stream: "stdout" | "stderr", text: string): void;
}

/** Carries out one kind of order. The input has passed its schema. What goes wrong is an outcome, not an exception. */
export type OrderRunner = (input: unknown, run: OrderRun) => Promise<OrderOutcome>;

export const failed = (error: string, more: Partial<OrderOutcome> = {}): OrderOutcome => ({
  ...more,
  state: "failed",
  error: error.slice(0, 2000),
});
