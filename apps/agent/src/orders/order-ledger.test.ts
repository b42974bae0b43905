import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openDatabase } from "../store/database.ts";
import { makeOrder } from "../testing/make-order.ts";
import { openDiskLedger } from "./disk-ledger.ts";
import { createMemoryLedger } from "./memory-ledger.ts";
import type { OrderLedger } from "./order-ledger.ts";

const folder = mkdtempSync(join(tmpdir(), "pomona-ledger-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let databases = 0;
const ledgers: Readonly<Record<string, () => OrderLedger>> = {
  memory: createMemoryLedger,
  disk: () => openDiskLedger(openDatabase(join(folder, `${(databases += 1)}.db`))),
};

for (const [kind, make] of Object.entries(ledgers)) {
  describe(`the ledger in ${kind}`, () => {
    const order = makeOrder("ping");
    const entry = { orderId: "a", state: "received", channel: "wire", expires: 100, order } as const;

    it("takes an id once", () => {
      const ledger = make();
      assert.equal(ledger.insert(entry), true);
      assert.equal(ledger.insert({ ...entry, channel: "net" }), false);
      assert.deepEqual(ledger.find("a"), entry);
      assert.equal(ledger.find("b"), undefined);
    });

    it("goes forward only, and forgets the body with the end", () => {
      const ledger = make();
      ledger.insert(entry);
      ledger.advance("a", "running");
      assert.equal(ledger.find("a")?.state, "running");
      const status = { orderId: "a", state: "succeeded", at: 5 } as const;
      ledger.advance("a", "final", status);
      ledger.advance("a", "running");
      ledger.advance("a", "final", { ...status, state: "failed" });
      assert.deepEqual(ledger.find("a"), { orderId: "a", state: "final", channel: "wire", expires: 100, status });
    });

    it("names what is open, oldest first", () => {
      const ledger = make();
      for (const orderId of ["z", "a", "m"]) ledger.insert({ ...entry, orderId });
      ledger.advance("a", "final", { orderId: "a", state: "failed", at: 1 });
      ledger.advance("m", "running");
      assert.deepEqual(
        ledger.open().map(({ orderId, state }) => [orderId, state]),
        [
          ["z", "received"],
          ["m", "running"],
        ],
      );
    });

    it("keeps an id until its order has expired, and what is open for ever", () => {
      const ledger = make();
      for (const orderId of ["open", "done"]) ledger.insert({ ...entry, orderId });
      ledger.advance("done", "final", { orderId: "done", state: "failed", at: 1 });
      ledger.forgetExpired(100);
      assert.ok(ledger.find("done"));
      ledger.forgetExpired(101);
      assert.equal(ledger.find("done"), undefined);
      assert.ok(ledger.find("open"));
    });

    it("knows the highest epoch", () => {
      const ledger = make();
      assert.equal(ledger.epoch(), 0);
      ledger.raiseEpoch(7);
      ledger.raiseEpoch(3);
      assert.equal(ledger.epoch(), 7);
      ledger.clear();
      assert.equal(ledger.epoch(), 0);
    });
  });
}
