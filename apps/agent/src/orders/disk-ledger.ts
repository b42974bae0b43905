import type { DatabaseSync } from "node:sqlite";
import type { OrderMessage, OrderStatusMessage } from "@pomona/agent-protocol";
import { openCounter } from "../store/database.ts";
import type { LedgerEntry, LedgerState, OrderLedger } from "./order-ledger.ts";

/** The ledger in the agent's database. */
export function openDiskLedger(database: DatabaseSync): OrderLedger {
  const epoch = openCounter(database, "epoch");
  const find = database.prepare("select * from orders where order_id = ?");
  const insert = database.prepare(
    "insert into orders (order_id, state, channel, expires, body, status) values (?, ?, ?, ?, ?, ?) on conflict do nothing",
  );
  const running = database.prepare("update orders set state = 'running' where order_id = ? and state = 'received'");
  const final = database.prepare(
    "update orders set state = 'final', body = null, status = ? where order_id = ? and state <> 'final'",
  );
  const open = database.prepare("select * from orders where state <> 'final' order by position");
  const forget = database.prepare("delete from orders where state = 'final' and expires < ?");
  const clear = database.prepare("delete from orders");
  return {
    find(orderId) {
      const row = find.get(orderId);
      return row === undefined ? undefined : entryOf(row);
    },
    insert: ({ orderId, state, channel, expires, order, status }) =>
      insert.run(orderId, state, channel, expires, jsonOrNull(order), jsonOrNull(status)).changes === 1,
    advance(orderId, state, status) {
      if (state === "running") running.run(orderId);
      else final.run(jsonOrNull(status), orderId);
    },
    open: () => open.all().map(entryOf),
    forgetExpired: (now) => void forget.run(now),
    epoch: () => epoch.get(),
    raiseEpoch(value) {
      if (value > epoch.get()) epoch.set(value);
    },
    clear() {
      clear.run();
      epoch.set(0);
    },
  };
}

const jsonOrNull = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

function entryOf(row: Readonly<Record<string, unknown>>): LedgerEntry {
  return {
    orderId: String(row["order_id"]),
    state: row["state"] as LedgerState,
    channel: row["channel"] as LedgerEntry["channel"],
    expires: Number(row["expires"]),
    ...(typeof row["body"] === "string" ? { order: JSON.parse(row["body"]) as OrderMessage } : {}),
    ...(typeof row["status"] === "string" ? { status: JSON.parse(row["status"]) as OrderStatusMessage } : {}),
  };
}
