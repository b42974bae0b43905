import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { silentLog } from "../adapters/log/log.ts";
import { lockInstance } from "../adapters/store/instance-lock.ts";
import { changeMasterKey, openVault } from "./keys.ts";

const place = { table: "escrow", row: "r1", field: "prk" };
const [first, second] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64")) as [string, string];

function folder(t: TestContext): string {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-keys-"));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test("the master key of a stopped server is replaced; of a running one it is not, nor of a folder without keys", (t) => {
  const dataDir = folder(t);
  assert.throws(() => changeMasterKey({ dataDir }), /has no keys/);
  const sealed = openVault({ dataDir }, silentLog).seal("t1", place, Buffer.from("AAAA"));
  const file = path.join(dataDir, "keys", "master.key");
  const old = readFileSync(file, "utf8");
  const unlock = lockInstance(dataDir);
  assert.throws(() => changeMasterKey({ dataDir }), /Another Pomona server works on/);
  assert.equal(readFileSync(file, "utf8"), old);
  unlock();
  assert.match(changeMasterKey({ dataDir }), /was replaced/);
  assert.notEqual(readFileSync(file, "utf8"), old);
  assert.equal(Buffer.from(openVault({ dataDir }, silentLog).open("t1", place, sealed).expose()).toString(), "AAAA");
});

test("a master key from the environment is replaced by giving both, and it is said when the old one can go", (t) => {
  const dataDir = folder(t);
  openVault({ dataDir, masterKey: first }, silentLog).seal("t1", place, Buffer.from("AAAA"));
  assert.throws(() => changeMasterKey({ dataDir, masterKey: first }), /POMONA_MASTER_KEY_PREVIOUS; then/);
  const both = { dataDir, masterKey: second, previousMasterKey: first };
  assert.match(changeMasterKey(both), /1 data keys are wrapped anew/);
  assert.match(changeMasterKey(both), /Take it away/);
  assert.throws(() => openVault({ dataDir, masterKey: first }, silentLog), /master key does not open/);
  openVault({ dataDir, masterKey: second }, silentLog);
});
