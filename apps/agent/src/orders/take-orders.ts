import {
  type OrderMessage,
  type OrderOutputMessage,
  type OrderStatusMessage,
  type OrderType,
  SECRET_ORDERS,
} from "@pomona/agent-protocol";
import type { Log } from "../log.ts";
import type { Outbox } from "../outbox.ts";
import { isOrderType } from "../protocol-check.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { checkOrder } from "./check-order.ts";
import type { LedgerEntry } from "./order-ledger.ts";
import { failed, type OrderOutcome, type OrderRunner } from "./order-outcome.ts";

/** Scripts that run at once; others wait in the ledger. Every other kind runs at once, whatever the scripts do. */
const SCRIPTS_AT_ONCE = 4;

export interface TakeOrdersOptions {
  readonly store: AgentStore;
  readonly outbox: Outbox;
  readonly runners: Readonly<Record<OrderType, OrderRunner>>;
  readonly now: () => number;
  readonly log: Log;
  /** Undefined while the agent has no identity. */
  owner(): { readonly tenantId: string; readonly deviceId: string } | undefined;
  /** A piece of live output; may be lost. */
  onOutput(piece: OrderOutputMessage): void;
}

/** The orders of this Mac: each is in the ledger before it runs, and runs at most once. */
export interface Orders {
  /** An order as it arrived, by whatever way and however often. */
  take(order: OrderMessage): void;
  /** At start: what was running is reported `unknown`, what waited runs. */
  resume(): void;
  stop(): Promise<void>;
}

const isSecret = ({ type }: OrderMessage) => isOrderType(type) && SECRET_ORDERS.has(type);

export function takeOrders({ store, outbox, runners, now, log, owner, onOutput }: TakeOrdersOptions): Orders {
  const { ledger } = store;
  const life = new AbortController();
  const active = new Set<Promise<void>>();
  const queue: OrderMessage[] = [];
  let scripts = 0;

  const report = (orderId: string, status: Omit<OrderStatusMessage, "orderId" | "at">) => {
    const message: OrderStatusMessage = { orderId, at: now(), ...status };
    if (status.state !== "running") {
      const { output: _sent, ...kept } = message;
      ledger.advance(orderId, "final", kept);
    }
    outbox.control("order-status", message);
  };
  const sendReceipt = ({ orderId, channel }: Pick<LedgerEntry, "orderId" | "channel">) =>
    outbox.control("receipt", { orderId, channel, at: now() });
  /** The last moment before it runs: from here on a restart cannot tell whether it ran. */
  const markRunning = ({ envelope: { id, expires } }: OrderMessage): boolean => {
    if (expires <= now()) {
      report(id, { state: "expired", error: "The order expired before its turn came." });
      return false;
    }
    ledger.advance(id, "running");
    report(id, { state: "running" });
    return true;
  };
  const carryOut = async (order: OrderMessage) => {
    const { id } = order.envelope;
    const runner = isOrderType(order.type) ? runners[order.type] : undefined;
    let outcome: OrderOutcome;
    let seq = 0;
    try {
      outcome = await (runner?.(order.input, {
        orderId: id,
        signal: life.signal,
        onOutput(stream, text) {
          onOutput({ orderId: id, seq, stream, text });
          seq += 1;
        },
      }) ?? failed("This version of the agent does not know this kind of order."));
    } catch (error) {
      outcome = failed(error instanceof Error ? error.message : "The order failed for an unknown reason.");
    }
    store.together(() => report(id, outcome));
    log.info("orders.finished", { orderId: id, type: order.type, state: outcome.state });
  };
  const launch = (order: OrderMessage) => {
    const isScript = order.type === "run-script";
    if (isScript) scripts += 1;
    const run = carryOut(order)
      .catch((error: unknown) => log.warn("orders.unrecorded", { reason: String(error) }))
      .finally(() => {
        active.delete(run);
        if (isScript) scripts -= 1;
        next();
      });
    active.add(run);
  };
  const next = () => {
    while (scripts < SCRIPTS_AT_ONCE && !life.signal.aborted) {
      const order = queue.shift();
      if (order === undefined) return;
      if (store.together(() => markRunning(order))) launch(order);
    }
  };
  const mustWait = (order: OrderMessage) => order.type === "run-script" && scripts >= SCRIPTS_AT_ONCE;

  const takeNew = (order: OrderMessage, by: { readonly tenantId: string; readonly deviceId: string }) => {
    const { envelope, channel } = order;
    const judged = checkOrder(order, { ...by, epoch: ledger.epoch(), now: now() });
    if (judged.verdict === "ignore") return log.warn("orders.ignored", { orderId: envelope.id, reason: judged.reason });
    const waits = mustWait(order);
    const starts = store.together(() => {
      const entry = { orderId: envelope.id, channel, expires: envelope.expires };
      if (judged.verdict === "refuse") {
        ledger.insert({ ...entry, state: "received" });
        sendReceipt(entry);
        report(envelope.id, { state: judged.state, error: judged.reason });
        return false;
      }
      ledger.raiseEpoch(envelope.epoch);
      // What is secret never reaches this disk: it runs in this very turn, or never.
      ledger.insert({ ...entry, state: "received", ...(isSecret(order) ? {} : { order }) });
      sendReceipt(entry);
      return waits ? false : markRunning(order);
    });
    log.info("orders.taken", { orderId: envelope.id, type: order.type, channel, verdict: judged.verdict });
    if (starts) launch(order);
    else if (waits && judged.verdict === "run") queue.push(order);
  };
  /** Its sender may have missed our words: they are said again, and nothing runs. */
  const repeat = (known: LedgerEntry) =>
    store.together(() => {
      sendReceipt(known);
      if (known.status !== undefined) outbox.control("order-status", known.status);
    });
  return {
    take(order) {
      const by = owner();
      if (by === undefined || life.signal.aborted) return;
      const known = ledger.find(order.envelope.id);
      if (known !== undefined) repeat(known);
      else takeNew(order, by);
    },
    resume() {
      ledger.forgetExpired(now());
      const open = ledger.open();
      store.together(() => {
        for (const { orderId, state, order } of open) {
          if (state === "received" && order === undefined)
            report(orderId, { state: "failed", error: "The agent ended before the order ran, and keeps no secrets." });
          if (state !== "running") continue;
          report(orderId, {
            state: "unknown",
            error: "The agent ended while the order ran. It may have run in part, and will not run again.",
          });
        }
      });
      for (const { order, state } of open) if (state === "received" && order !== undefined) queue.push(order);
      for (const order of queue.splice(0)) {
        if (mustWait(order)) queue.push(order);
        else if (store.together(() => markRunning(order))) launch(order);
      }
    },
    async stop() {
      life.abort();
      await Promise.all(active);
    },
  };
}
