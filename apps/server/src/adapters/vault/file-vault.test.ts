import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from "node:fs";
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
  new FileVault({ dir }).seal("t1", place, bytes);
  const other = Buffer.alloc(32, 7).toString("base64");
  assert.throws(() => new FileVault({ dir, masterKey: other }), /master key does not open/);
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

test("keys that others may read are refused, with the command that mends it", (t) => {
  const dir = folder(t);
  new FileVault({ dir }).seal("t1", place, bytes);
  for (const name of ["master.key", "data-keys.json"]) {
    chmodSync(path.join(dir, name), 0o640);
    assert.throws(() => new FileVault({ dir }), new RegExp(`${name} can be read by others.*chmod 600`));
    chmodSync(path.join(dir, name), 0o600);
  }
  new FileVault({ dir });
});

test("a new data key of a tenant seals from now on; the old one opens what it sealed, also after a restart", (t) => {
  const dir = folder(t);
  const vault = new FileVault({ dir });
  const [before, foreign] = [vault.seal("t1", place, bytes), vault.seal("t2", place, bytes)];
  const kid = vault.rotateDataKey("t1");
  const after = vault.seal("t1", place, bytes);
  assert.deepEqual([after.kid, vault.kids("t1")], [kid, [kid, before.kid]]);
  assert.deepEqual(vault.kids("t2"), [foreign.kid]);
  for (const each of [vault, new FileVault({ dir })]) {
    for (const sealed of [before, after]) assert.deepEqual(Buffer.from(each.open("t1", place, sealed).expose()), bytes);
    assert.throws(() => each.open("t2", place, after), { code: "vault.cannot-open" });
    assert.equal(each.seal("t1", place, bytes).kid, kid);
  }
});

test("a folder with the keys of before data keys could be replaced is opened and brought up to date", (t) => {
  const dir = folder(t);
  const sealed = new FileVault({ dir }).seal("t1", place, bytes);
  const file = path.join(dir, "data-keys.json");
  const [{ kid, nonce, ciphertext }] = JSON.parse(readFileSync(file, "utf8")).tenants.t1;
  writeFileSync(file, JSON.stringify({ t1: { kid, nonce, wrapped: ciphertext } }));
  for (let i = 0; i < 2; i++)
    assert.deepEqual(Buffer.from(new FileVault({ dir }).open("t1", place, sealed).expose()), bytes);
  assert.equal(JSON.parse(readFileSync(file, "utf8")).v, 2);
});

test("a tenant whose data key was damaged does not take the others with it, and gets no second first key", (t) => {
  const dir = folder(t);
  const vault = new FileVault({ dir });
  const [one, two] = [vault.seal("t1", place, bytes), vault.seal("t2", place, bytes)];
  const file = path.join(dir, "data-keys.json");
  const read = JSON.parse(readFileSync(file, "utf8"));
  read.tenants.t1[0].ciphertext = Buffer.alloc(48).toString("base64");
  writeFileSync(file, JSON.stringify(read));
  const again = new FileVault({ dir });
  assert.deepEqual(Buffer.from(again.open("t2", place, two).expose()), bytes);
  assert.throws(() => again.open("t1", place, one), { code: "vault.cannot-open" });
  assert.throws(() => again.seal("t1", place, bytes), /newest data key/);
});
