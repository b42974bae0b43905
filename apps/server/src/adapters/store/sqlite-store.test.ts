import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { asId } from "@pomona/facts";
import { sql } from "kysely";
import { systemScope } from "../../kernel/scope.ts";
import { sqlOf } from "../../kernel/store.ts";
import { testKernel } from "../../testing/test-kernel.ts";
import { lockInstance } from "./instance-lock.ts";
import { SqliteStore } from "./sqlite-store.ts";

const scope = systemScope(asId<"tenant">("t1"), "test");
interface Tables {
  things: { id: string; n: number };
}
const THINGS = { name: "test/0001", statements: ["CREATE TABLE things (id TEXT PRIMARY KEY, n INTEGER NOT NULL)"] };
const add = (id: string) => (tx: Parameters<typeof sqlOf>[0]) =>
  sqlOf<Tables>(tx).insertInto("things").values({ id, n: 1 }).execute();
const all = (tx: Parameters<typeof sqlOf>[0]) => sqlOf<Tables>(tx).selectFrom("things").selectAll().execute();

test("transactions of one group: one fails and is undone, the others are kept", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([THINGS]);
  const outcomes = await Promise.allSettled([
    kernel.store.write(scope, add("a")),
    kernel.store.write(scope, async (tx) => {
      await add("b")(tx);
      throw new Error("no");
    }),
    kernel.store.write(scope, add("c")),
    kernel.store.write(scope, add("a")),
  ]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled", "rejected"],
  );
  assert.deepEqual(
    (await kernel.store.read(scope, all)).map((row) => row.id),
    ["a", "c"],
  );
});

test("facts of an undone transaction are not told, and positions follow the order of commits", async () => {
  await using kernel = testKernel();
  const heard: number[] = [];
  kernel.facts.subscribe((facts) => heard.push(...facts.map((fact) => fact.position)));
  const device = asId<"device">("d1");
  const changed = { type: "device.changed", deviceId: device, data: { fields: ["name"] } } as const;
  await Promise.allSettled([
    kernel.store.write(scope, (tx) => tx.publish(changed)),
    kernel.store.write(scope, async (tx) => {
      await tx.publish(changed);
      throw new Error("no");
    }),
    kernel.store.write(scope, (tx) => tx.publish(changed)),
  ]);
  const facts = await kernel.facts.readAfter(0, { limit: 10 });
  assert.deepEqual(
    facts.map((fact) => [fact.deviceSeq, fact.tenantId]),
    [
      [1, "t1"],
      [2, "t1"],
    ],
  );
  assert.deepEqual(
    heard,
    facts.map((fact) => fact.position),
  );
});

test("a device's facts are numbered without gap or repetition, also after undone ones and a restart", async () => {
  await using kernel = testKernel();
  const device = asId<"device">("d1");
  const changed = { type: "device.changed", deviceId: device, data: { fields: ["name"] } } as const;
  const tell = (store: typeof kernel.store, times: number, fails = false) =>
    store.write(scope, async (tx) => {
      for (let i = 0; i < times; i += 1) await tx.publish(changed);
      if (fails) throw new Error("no");
    });
  await Promise.allSettled([tell(kernel.store, 2), tell(kernel.store, 3, true), tell(kernel.store, 1)]);
  const again = new SqliteStore({ file: path.join(kernel.dir, "pomona.db") });
  await tell(again, 2);
  again.close();
  const facts = await kernel.facts.readAfter(0, { limit: 20 });
  assert.deepEqual(
    facts.map((fact) => fact.deviceSeq),
    [1, 2, 3, 4, 5],
  );
});

test("after a start ids sort after those before it, also when the clock was put back", async () => {
  await using kernel = testKernel();
  const tell = (store: typeof kernel.store) =>
    store.write(scope, (tx) => tx.publish({ type: "device.changed", data: { fields: [] } }));
  await tell(kernel.store);
  const ahead = "03be1b0f-f3ff-7123-8000-000000000000";
  const database = new DatabaseSync(path.join(kernel.dir, "pomona.db"));
  database.prepare("UPDATE facts SET id = ?").run(ahead);
  database.close();
  const again = new SqliteStore({ file: path.join(kernel.dir, "pomona.db") });
  await tell(again);
  again.close();
  const ids = (await kernel.facts.readAfter(0, { limit: 5 })).map(({ id }) => String(id));
  assert.equal(ids.length, 2);
  assert.ok(ids[0] === ahead && ids[1]! > ahead, ids.join(" "));
  assert.match(ids[1]!, /^03be1b0f-f3ff-7124-/, "the next of the same millisecond");
});

test("effects after the commit happen once, and not for what was undone", async () => {
  await using kernel = testKernel();
  const effects: string[] = [];
  await kernel.store.write(scope, async (tx) => tx.afterCommit(() => effects.push("kept")));
  await assert.rejects(
    kernel.store.write(scope, async (tx) => {
      tx.afterCommit(() => effects.push("undone"));
      throw new Error("no");
    }),
  );
  assert.deepEqual(effects, ["kept"]);
});

test("a read sees nothing of a transaction before its commit", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([THINGS]);
  await kernel.store.write(scope, async (tx) => {
    await add("a")(tx);
    assert.equal((await kernel.store.read(scope, all)).length, 0);
  });
  assert.equal((await kernel.store.read(scope, all)).length, 1);
});

test("what was answered survives SIGKILL of the process, and what was not may be there or not, never half", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-kill-"));
  const worker = spawn(process.execPath, [new URL("./testing/write-for-ever.ts", import.meta.url).pathname, dir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const answered: number[] = [];
  let rest = "";
  await new Promise<void>((resolve, reject) => {
    worker.once("exit", () => resolve());
    worker.once("error", reject);
    worker.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      answered.push(...lines.map(Number));
      if (answered.length > 400) worker.kill("SIGKILL");
    });
  });
  const database = new DatabaseSync(path.join(dir, "pomona.db"));
  const ids = new Set((database.prepare("SELECT n FROM pairs_a").all() as { n: number }[]).map((row) => row.n));
  const others = (database.prepare("SELECT n FROM pairs_b").all() as { n: number }[]).map((row) => row.n);
  database.close();
  rmSync(dir, { recursive: true });
  assert.ok(answered.length > 400);
  for (const n of answered) assert.ok(ids.has(n), `${n} was answered and is lost`);
  assert.deepEqual(
    [...ids].sort((a, b) => a - b),
    others.sort((a, b) => a - b),
    "both halves of each transaction are there",
  );
});

test("a second server on the same folder is refused, and admitted once the first has gone", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-lock-"));
  const unlock = lockInstance(dir);
  const module = new URL("./instance-lock.ts", import.meta.url).href;
  const script = `import { lockInstance } from ${JSON.stringify(module)}; lockInstance(${JSON.stringify(dir)});`;
  const start = () =>
    execFileSync(process.execPath, ["--input-type=module-typescript", "-e", script], { stdio: "pipe" });
  assert.throws(start, /Another Pomona server works on/);
  unlock();
  start();
  rmSync(dir, { recursive: true });
});

test("a database of a newer release is not touched", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([THINGS]);
  assert.throws(() => kernel.store.migrate([]), /written by a newer Pomona \(test\/0001\)/);
});

test("a migration that fails leaves nothing behind", async () => {
  await using kernel = testKernel();
  const bad = { name: "test/0002", statements: ["CREATE TABLE half (a INTEGER)", "CREATE NONSENSE"] };
  assert.throws(() => kernel.store.migrate([bad]), /Migration test\/0002 failed/);
  kernel.store.migrate([{ name: "test/0002", statements: ["CREATE TABLE half (a INTEGER)"] }]);
});

test("a full disk fails the writes that meet it, and no later one waits for ever", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([THINGS]);
  const limit = (pages: number) =>
    kernel.store.write(scope, (tx) => sql.raw(`PRAGMA max_page_count = ${pages}`).execute(sqlOf(tx)));
  const large = (id: string) => kernel.store.write(scope, add(id + "x".repeat(200_000)));
  await limit(1);
  const outcomes = await Promise.allSettled([large("a"), large("b"), large("c")]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected", "rejected"],
  );
  await limit(1_000_000);
  await kernel.store.write(scope, add("later"));
  assert.deepEqual(
    (await kernel.store.read(scope, all)).map((row) => row.id),
    ["later"],
  );
});

test("an effect that throws after its commit takes nobody else along", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([THINGS]);
  const done: string[] = [];
  const withEffect = (id: string, effect: () => void) =>
    kernel.store.write(scope, async (tx) => {
      await add(id)(tx);
      tx.afterCommit(effect);
    });
  await Promise.all([
    withEffect("a", () => {
      throw new Error("no");
    }),
    withEffect("b", () => done.push("b")),
  ]);
  await withEffect("c", () => done.push("c"));
  assert.deepEqual(done, ["b", "c"]);
});
