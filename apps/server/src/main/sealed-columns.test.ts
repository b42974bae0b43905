import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { startServer } from "../main.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";

test("every column of the database in which something is sealed is one that a drill opens and a new key seals anew", async (t) => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "pomona-columns-"));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const server = await startServer({
    dataDir,
    host: "127.0.0.1",
    publicHost: "localhost",
    ports: { api: 0, device: 0, agent: 0 },
    apns: { url: "https://127.0.0.1:9" },
    logLevel: "silent",
    consoleDir: path.join(dataDir, "no-console"),
    version: "0.0.0",
  });
  await server.stop();
  const database = new DatabaseSync(path.join(dataDir, "pomona.db"), { readOnly: true });
  const columns = database
    .prepare(
      "SELECT m.name AS t, c.name AS c, c.pk AS pk FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'",
    )
    .all() as unknown as readonly { t: string; c: string; pk: number }[];
  const unique = database
    .prepare(
      `SELECT m.name AS t, (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i) AS columns
       FROM sqlite_schema m, pragma_index_list(m.name) l WHERE m.type = 'table' AND l."unique" = 1`,
    )
    .all() as unknown as readonly { t: string; columns: string }[];
  database.close();
  const sealed = columns.filter(({ c }) => c.startsWith("sealed_") && c !== "sealed_in").map(({ t, c }) => `${t}.${c}`);
  const listed = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
  assert.deepEqual(
    sealed.filter((name) => !listed.includes(name)),
    [],
  );
  assert.ok(sealed.length >= 9);
  for (const { table, column, id, isPlatform } of SEALED_COLUMNS) {
    const primary = columns.filter((each) => each.t === table && each.pk > 0).map(({ c }) => c);
    const keys = [primary.join(","), ...unique.filter((each) => each.t === table).map((each) => each.columns)];
    const wanted = [...(isPlatform === true ? [] : ["tenant_id"]), ...(id === null ? [] : [id])];
    assert.ok(keys.includes(wanted.join(",")), `${table}.${column} is found by a key: ${keys.join("; ")}`);
  }
});
