import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { StoreError } from "./database.ts";
import { openDiskStore } from "./disk-store.ts";

describe("the store on disk", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "pomona-store-")), "data");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  it("remembers ledger, spool, shed count and files", () => {
    const first = openDiskStore(folder, { spoolBytes: 1000 });
    first.ledger.raiseEpoch(3);
    for (let n = 0; n < 20; n += 1) first.spool.add({ lane: "control", message: "m", body: `${n}`, class: "kept" });
    first.files.write("wake.json", "one");
    first.files.write("wake.json", "two");
    const shed = first.spool.shed();
    assert.ok(shed > 0);
    first.close();
    const second = openDiskStore(folder, { spoolBytes: 1000 });
    assert.equal(second.ledger.epoch(), 3);
    assert.equal(second.spool.count(), 20 - shed);
    assert.equal(second.spool.shed(), shed);
    assert.equal(second.files.read("wake.json"), "two");
    second.close();
  });

  it("undoes all writes of a group when one fails", () => {
    const store = openDiskStore(folder);
    assert.throws(() =>
      store.together(() => {
        store.spool.add({ lane: "control", message: "m", body: "x", class: "kept" });
        store.ledger.raiseEpoch(9);
        throw new Error("no");
      }),
    );
    assert.equal(store.spool.count(), 0);
    assert.equal(store.ledger.epoch(), 0);
    assert.deepEqual(store.spool.peek(5), []);
    store.close();
  });

  it("is readable by its owner only", () => {
    const store = openDiskStore(folder);
    store.files.write("identity.json", "{}");
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of ["agent.db", "identity.json"]) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    }
    assert.equal(statSync(store.scriptFolder()).mode & 0o777, 0o700);
    store.close();
  });

  it("does not believe a file that was not written to its end", () => {
    const store = openDiskStore(folder);
    store.files.write("wake.json", "whole");
    writeFileSync(join(folder, "wake.json.new"), "ha");
    assert.equal(store.files.read("wake.json"), "whole");
    store.files.write("wake.json", "next");
    assert.equal(store.files.read("wake.json"), "next");
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith(".new")),
      [],
    );
    store.close();
  });

  it("says what to do when its database is none", () => {
    openDiskStore(folder).close();
    writeFileSync(join(folder, "agent.db"), "this is no database, whatever its name says".repeat(100));
    assert.throws(
      () => openDiskStore(folder),
      (error) => error instanceof StoreError && error.code === "store.unusable",
    );
  });
});
