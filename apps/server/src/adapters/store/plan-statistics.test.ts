import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { SqliteStore } from "./sqlite-store.ts";

const TABLES = [
  `CREATE TABLE pears (tenant_id TEXT NOT NULL, id TEXT NOT NULL, tree_id TEXT, state TEXT NOT NULL, ripe_at INTEGER,
     PRIMARY KEY (tenant_id, id)) WITHOUT ROWID`,
  "CREATE INDEX pears_by_tree ON pears (tenant_id, tree_id)",
  "CREATE INDEX pears_by_state ON pears (state, ripe_at)",
];

test("a row of a tenant is looked up by what is selective, in an empty table as in a full one", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "pomona-plans-"));
  const file = path.join(folder, "pomona.db");
  try {
    const store = new SqliteStore({ file });
    store.migrate([{ name: "orchard/0001-pears", statements: TABLES }]);
    store.close();
    const database = new DatabaseSync(file, { readOnly: true });
    const plan = (sql: string): string =>
      (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map((row) => row.detail).join("; ");
    const ofTenant = "SELECT * FROM pears WHERE tenant_id = ?";
    assert.match(
      plan(`${ofTenant} AND tree_id = ? AND state = ?`),
      /INDEX pears_by_tree \(tenant_id=\? AND tree_id=\?\)/,
    );
    assert.match(plan(`${ofTenant} AND tree_id = ? AND id < ? ORDER BY id DESC LIMIT 50`), /INDEX pears_by_tree/);
    assert.match(plan(`${ofTenant} AND id <> ? AND tree_id = ?`), /INDEX pears_by_tree/);
    assert.match(plan(`${ofTenant} AND id = ?`), /PRIMARY KEY \(tenant_id=\? AND id=\?\)/);
    assert.match(plan("SELECT * FROM pears WHERE state = ? AND ripe_at < ?"), /INDEX pears_by_state/);
    database.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
