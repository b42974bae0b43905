import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { FileVault } from "./file-vault.ts";

const place = { table: "escrow", row: "r1", field: "prk" };
const bytes = Buffer.from("AAAA-BBBB");

function folder(t: TestContext): string {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-vault-"));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test("a sealed secret opens where it belongs, also after a restart, and prints nowhere", (t) => {
  const dir = folder(t);
  const sealed = new FileVault({ dir }).seal("t1", place, bytes);
  assert.ok(!JSON.stringify(sealed).includes("AAAA"));
  const secret = new FileVault({ dir }).open("t1", place, sealed);
  assert.deepEqual(Buffer.from(secret.expose()), bytes);
  for (const text of [String(secret), JSON.stringify({ secret }), inspect({ secret })])
    assert.ok(!text.includes("AAAA"));
});

test("a secret that was moved to another tenant, table, row or field, or changed, does not open", (t) => {
  const vault = new FileVault({ dir: folder(t) });
  const sealed = vault.seal("t1", place, bytes);
  const opened = [
    () => vault.open("t2", place, sealed),
    () => vault.open("t1", { ...place, table: "other" }, sealed),
    () => vault.open("t1", { ...place, row: "r2" }, sealed),
    () => vault.open("t1", { ...place, field: "pin" }, sealed),
    () => vault.open("t1", place, { ...sealed, ciphertext: Buffer.alloc(40).toString("base64") }),
    () => vault.open("t1", place, { ...sealed, ciphertext: "" }),
    () => vault.open("t1", place, { ...sealed, kid: "0000000000000000" }),
  ];
  for (const open of opened) assert.throws(open, { code: "vault.cannot-open" });
});

test("the key files are for the owner alone", (t) => {
  const dir = folder(t);
  new FileVault({ dir }).seal("t1", place, bytes);
  for (const name of ["master.key", "data-keys.json"]) assert.equal(statSync(path.join(dir, name)).mode & 0o777, 0o600);
});

test("a lost or wrong master key is said, and never replaced by a new one", (t) => {
  const dir = folder(t);
  const sealed = new FileVault({ dir }).seal("t1", place, bytes);
  const other = Buffer.alloc(32, 7).toString("base64");
  assert.throws(() => new FileVault({ dir, masterKey: other }).open("t1", place, sealed), /master key does not open/);
  unlinkSync(path.join(dir, "master.key"));
  assert.throws(() => new FileVault({ dir }), /master key .* is missing/);
  assert.throws(() => new FileVault({ dir, masterKey: "c2hvcnQ=" }), /32 bytes/);
});

test("a data key that could not be written seals nothing, and the next one is on the disk before it does", (t) => {
  const dir = folder(t);
  const vault = new FileVault({ dir });
  const blocked = path.join(dir, "data-keys.json.new");
  mkdirSync(blocked);
  assert.throws(() => vault.seal("t1", place, bytes));
  assert.throws(() => vault.seal("t1", place, bytes), "not with a key that is in memory alone");
  rmSync(blocked, { recursive: true });
  const sealed = vault.seal("t1", place, bytes);
  assert.deepEqual(Buffer.from(new FileVault({ dir }).open("t1", place, sealed).expose()), bytes);
});
