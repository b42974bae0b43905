import type { LedgerEntry, OrderLedger } from "./order-ledger.ts";

/** The ledger of a simulated Mac. */
export function createMemoryLedger(): OrderLedger {
  const entries = new Map<string, LedgerEntry>();
  let epoch = 0;
  return {
    find: (orderId) => entries.get(orderId),
    insert(entry) {
      if (entries.has(entry.orderId)) return false;
      entries.set(entry.orderId, entry);
      return true;
    },
    advance(orderId, state, status) {
      const entry = entries.get(orderId);
      if (entry === undefined || entry.state === "final") return;
      if (state === "running") {
        if (entry.state === "received") entries.set(orderId, { ...entry, state });
        return;
      }
      const { order: _done, ...rest } = entry;
      entries.set(orderId, { ...rest, state, ...(status ? { status } : {}) });
    },
    open: () => [...entries.values()].filter((entry) => entry.state !== "final"),
    forgetExpired(now) {
      for (const [id, entry] of entries) if (entry.state === "final" && entry.expires < now) entries.delete(id);
    },
    epoch: () => epoch,
    raiseEpoch(value) {
      epoch = Math.max(epoch, value);
    },
    clear() {
      entries.clear();
      epoch = 0;
    },
  };
}
