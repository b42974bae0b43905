import assert from "node:assert/strict";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type AnyFact, asId, type DeviceId } from "@pomona/facts";
import { sql } from "kysely";
import { systemScope } from "../../kernel/scope.ts";
import { type Store, sqlOf } from "../../kernel/store.ts";
import { testKernel } from "../../testing/test-kernel.ts";
import { FactFiling, FILED_FACT_TABLES } from "./fact-filing.ts";
import { AFTER_IN_TENANT, FACT_TABLES, FactWriter, OF_DEVICE } from "./fact-rows.ts";
import { migrate } from "./migrate.ts";
import { SqliteStore } from "./sqlite-store.ts";

const scope = systemScope(asId<"tenant">("t1"), "test");
const other = systemScope(asId<"tenant">("t2"), "test");
const device = (n: number) => asId<"device">(`d${n}`);
const changed = (deviceId: DeviceId) => ({ type: "device.changed", deviceId, data: { fields: ["name"] } }) as const;
const tell = (store: Store, deviceId: DeviceId, times: number, fails = false, to = scope) =>
  store.write(to, async (tx) => {
    for (let i = 0; i < times; i += 1) await tx.publish(changed(deviceId));
    await tx.publish({ type: "tenant.created", data: { name: "x" } } as never);
    if (fails) throw new Error("undone");
  });

const large = (store: Store, deviceId: DeviceId) =>
  store.write(scope, (tx) =>
    tx.publish({ type: "device.changed", deviceId, data: { fields: ["x".repeat(9_000)] } } as never),
  );

/** Every tenant's log is all its facts, once, oldest first, from wherever one reads. */
async function assertLogs(store: SqliteStore, all: readonly AnyFact[]): Promise<void> {
  for (const { tenantId } of [scope, other]) {
    for (const types of [undefined, ["device.changed" as const]]) {
      const ofTypes = types === undefined ? {} : { types };
      const expected = all.filter(
        (fact) => fact.tenantId === tenantId && types?.includes(fact.type as never) !== false,
      );
      const read: AnyFact[] = [];
      for (;;) {
        const page = await store.readAfter(read.at(-1)?.position ?? 0, { tenantId, limit: 60, ...ofTypes });
        read.push(...page);
        if (page.length < 60) break;
      }
      assert.deepEqual(read, expected);
    }
  }
}

/** Every device's timeline is all its facts, once, newest first, and numbered without a gap. */
async function assertTimelines(store: SqliteStore, devices: readonly DeviceId[]): Promise<void> {
  const all = await store.readAfter(0, { limit: 100_000 });
  await assertLogs(store, all);
  for (const deviceId of devices) {
    const expected = all.filter((fact) => fact.deviceId === deviceId && fact.tenantId === "t1").toReversed();
    const pages: AnyFact[] = [];
    for (;;) {
      const before = pages.at(-1)?.position;
      const page = await store.readOfDevice(scope.tenantId, deviceId, {
        limit: 7,
        ...(before === undefined ? {} : { before }),
      });
      pages.push(...page);
      if (page.length < 7) break;
    }
    assert.deepEqual(pages, expected);
    assert.deepEqual(
      expected.map((fact) => fact.deviceSeq),
      expected.map((_, at) => expected.length - at),
    );
  }
}

test("timelines and numbers are the same whenever facts are filed, after undone transactions and restarts", async () => {
  await using kernel = testKernel();
  const file = path.join(kernel.dir, "pomona.db");
  const devices = Array.from({ length: 60 }, (_, n) => device(n));
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const open = () => new SqliteStore({ file, rememberedDevices: 3 });
  let store = open();
  const pages = (n: number) => store.write(scope, (tx) => sql.raw(`PRAGMA max_page_count = ${n}`).execute(sqlOf(tx)));
  for (let round = 0; round < 12; round += 1) {
    const writes: Promise<unknown>[] = [];
    let filing: Promise<void> = Promise.resolve();
    for (let i = 0; i < 40; i += 1) {
      const to = random(8) === 0 ? other : scope;
      writes.push(tell(store, devices[random(devices.length)]!, 1 + random(3), random(5) === 0, to));
      if (random(12) === 0) {
        // A job's runs do not overlap.
        filing = filing.then(
          () => store.fileFacts.run(),
          () => store.fileFacts.run(),
        );
        writes.push(filing);
      }
      // As SQLite itself does after some failures: the whole group is lost, with all that it wrote.
      if (random(15) === 0) writes.push(store.write(scope, (tx) => sql.raw("ROLLBACK").execute(sqlOf(tx))));
    }
    await Promise.allSettled(writes);
    await assertTimelines(store, devices.slice(0, 10));
    if (random(3) === 0) await store.fileFacts.run();
    // The disk is full.
    await pages(1);
    const lost = await Promise.allSettled(devices.slice(0, 30).map((each) => large(store, each)));
    assert.ok(lost.some(({ status }) => status === "rejected"));
    await pages(1_000_000);
    await assertTimelines(store, devices.slice(0, 10));
    if (random(3) === 0) {
      store.close();
      store = open();
    }
  }
  await store.fileFacts.run();
  await assertTimelines(store, devices);
  store.close();
});

test("filing that is cut off shows nothing twice, loses nothing, and is done again", async () => {
  await using kernel = testKernel();
  const { store } = kernel;
  const devices = Array.from({ length: 300 }, (_, n) => device(n));
  for (const each of devices) await tell(store, each, 2);
  const database = new DatabaseSync(path.join(kernel.dir, "pomona.db"));
  const filing = new FactFiling(database);
  filing.catchUp();
  for (const each of devices) await tell(store, each, 1);
  filing.committed((await store.readAfter(0, { limit: 100_000 })).slice(devices.length * 3));
  const filed = () => (database.prepare("SELECT count(*) AS n FROM device_facts").get() as { n: number }).n;
  let writes = 0;
  const failing: Pick<Store, "write"> = {
    write: async (_scope, body) => {
      writes += 1;
      if (writes === 3) throw new Error("the power is cut");
      return body({} as never);
    },
  };
  await assert.rejects(filing.file(failing), /power is cut/);
  assert.ok(filed() > 600 && filed() < 900, "it stopped half-way");
  await assertTimelines(store, devices);
  const end = await filing.file(failing);
  assert.equal(filed(), 900);
  assert.equal(end, (await store.range()).newest);
  database.close();
  await assertTimelines(store, devices);
});

test("a start on a full disk leaves facts unfiled; numbers go on, and they are filed later", async () => {
  await using kernel = testKernel();
  for (let n = 0; n < 300; n += 1) await tell(kernel.store, device(n), 1);
  const database = new DatabaseSync(path.join(kernel.dir, "pomona.db"));
  const pages = (n: number) => database.exec(`PRAGMA max_page_count = ${n}`);
  pages(1);
  const filing = new FactFiling(database);
  const left = filing.catchUp();
  assert.deepEqual(left, { after: 0, upTo: 600 });
  pages(1_000_000);
  database.exec("BEGIN");
  assert.equal(new FactWriter(database, left).write(scope.tenantId, changed(device(7)), 0).deviceSeq, 2);
  database.exec("ROLLBACK");
  await filing.file({ write: async (_scope, body) => body({} as never) });
  assert.deepEqual(filing.catchUp(), { after: 600, upTo: 600 });
  database.close();
  await assertTimelines(kernel.store, [device(0), device(299)]);
});

test("a database of a version before keeps its timelines", () => {
  const database = new DatabaseSync(":memory:");
  const first = { name: "kernel/0001-facts", statements: FACT_TABLES };
  migrate(database, [first], 0);
  const insert = database.prepare(
    "INSERT INTO facts (tenant_id, id, type, device_id, device_seq, at, data) VALUES ('t', ?, 'x', ?, 1, 0, '{}')",
  );
  for (let n = 0; n < 10; n += 1) insert.run(String(n), n % 3 === 0 ? null : `d${n % 3}`);
  migrate(database, [first, FILED_FACT_TABLES], 0);
  assert.deepEqual(
    database
      .prepare("SELECT device_id AS d, position AS p FROM device_facts")
      .all()
      .map((row) => ({ ...row })),
    [...[2, 5, 8].map((p) => ({ d: "d1", p })), ...[3, 6, 9].map((p) => ({ d: "d2", p }))],
  );
  const { n } = database.prepare("SELECT count(*) AS n FROM tenant_facts WHERE tenant_id = 't'").get() as { n: number };
  assert.equal(n, 10);
  assert.deepEqual(new FactFiling(database).catchUp(), { after: 10, upTo: 10 });
  database.close();
});

test("a timeline and a tenant's log are read by keys, however many facts there are", async () => {
  await using kernel = testKernel();
  kernel.store.migrate([]);
  const database = new DatabaseSync(path.join(kernel.dir, "pomona.db"));
  const planOf = (text: string, values: readonly (string | number)[]) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${text.replaceAll("%", "50").replaceAll("&", "")}`)
      .all(...values)
      .map((row) => String(row["detail"]))
      .join("\n");
  const timeline = planOf(OF_DEVICE, ["t", "d", 9]);
  assert.match(timeline, /SEARCH filed USING PRIMARY KEY \(tenant_id=\? AND device_id=\? AND position<\?\)/);
  assert.match(timeline, /SEARCH facts USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
  const log = planOf(AFTER_IN_TENANT, [1, "t"]);
  assert.match(log, /SEARCH filed USING PRIMARY KEY \(tenant_id=\? AND position>\? AND position<\?\)/);
  assert.match(log, /SEARCH facts USING INTEGER PRIMARY KEY \(rowid>\?\)/);
  assert.doesNotMatch([timeline, log].join("\n"), /SCAN facts/);
  database.close();
});
