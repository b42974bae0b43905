import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { writeDurably } from "../vault/durable-file.ts";
import { Lineage } from "./lineage.ts";
import { SqliteStore } from "./sqlite-store.ts";

/** A folder with a database and a mark, opened again and again as by a server that restarts. */
function folder() {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-lineage-"));
  const [database, mark] = [path.join(dir, "pomona.db"), path.join(dir, "keys", "lineage.json")];
  mkdirSync(path.dirname(mark));
  let store: SqliteStore | undefined;
  const close = () => {
    store?.close();
    store = undefined;
  };
  return {
    database,
    mark,
    open: () => {
      close();
      store = new SqliteStore({ file: database });
      store.migrate([]);
      return new Lineage(store, mark, writeDurably);
    },
    close,
    /** As `sqlite3 .backup` does it, while the server runs. */
    backUp: async (to: string) => {
      const source = new DatabaseSync(database, { readOnly: true });
      await backup(source, to);
      source.close();
    },
    restore: (from: string) => {
      close();
      for (const end of ["-wal", "-shm"]) rmSync(database + end, { force: true });
      copyFileSync(from, database);
    },
    [Symbol.dispose]: () => {
      close();
      rmSync(dir, { recursive: true });
    },
  };
}

test("a new database and one that was stopped, or killed at any moment, are known as the newest", async () => {
  using kept = folder();
  let lineage = kept.open();
  assert.equal(await lineage.objection(), undefined);
  await lineage.beat();
  await lineage.beat();
  copyFileSync(kept.mark, `${kept.mark}.before`);
  await lineage.beat();
  lineage = kept.open();
  assert.equal(await lineage.objection(), undefined);
  // Killed between the commit and the file.
  copyFileSync(`${kept.mark}.before`, kept.mark);
  assert.equal(await kept.open().objection(), undefined);
});

test("a restored backup is noticed, however young it is, and again when it is restored again", async () => {
  using kept = folder();
  const copy = `${kept.database}.backup`;
  let lineage = kept.open();
  await lineage.beat();
  await kept.backUp(copy);
  await lineage.beat();
  await lineage.beat();
  for (let round = 0; round < 2; round++) {
    kept.restore(copy);
    lineage = kept.open();
    assert.match((await lineage.objection()) ?? "", /another state/);
    await lineage.beat();
    lineage = kept.open();
    assert.equal(await lineage.objection(), undefined);
    await lineage.beat();
  }
});

test("an old copy of the keys' folder beside a younger database is noticed too", async () => {
  using kept = folder();
  const lineage = kept.open();
  await lineage.beat();
  copyFileSync(kept.mark, `${kept.mark}.old`);
  for (let beat = 0; beat < 5; beat++) await lineage.beat();
  copyFileSync(`${kept.mark}.old`, kept.mark);
  assert.match((await kept.open().objection()) ?? "", /another state/);
});

test("a missing, torn or foreign mark is not taken for the newest", async () => {
  using kept = folder();
  await kept.open().beat();
  for (const text of ["", "{", '{"mark":7}', '{"mark":"of another server","at":1}']) {
    writeFileSync(kept.mark, text);
    assert.notEqual(await kept.open().objection(), undefined, text);
  }
  rmSync(kept.mark);
  assert.match((await kept.open().objection()) ?? "", /missing/);
});

test("while the mark's file cannot be written the database does not run ahead of it, and stays the newest", async () => {
  using kept = folder();
  const lineage = kept.open();
  await lineage.beat();
  mkdirSync(`${kept.mark}.new`);
  for (let n = 0; n < 3; n += 1) await assert.rejects(lineage.beat());
  assert.equal(await kept.open().objection(), undefined, "after a kill as well");
  rmSync(`${kept.mark}.new`, { recursive: true });
  const later = kept.open();
  await later.beat();
  assert.equal(await kept.open().objection(), undefined);
});
