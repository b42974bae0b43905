import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import type { Sealed } from "../../kernel/secret.ts";
import { FileVault } from "./file-vault.ts";
import { rotateMasterKey } from "./rotate-master-key.ts";

const place = { table: "escrow", row: "r1", field: "prk" };
const TENANTS = ["t1", "t2"] as const;
const keyOf = (byte: number) => Buffer.alloc(32, byte).toString("base64");

function folder(t: TestContext): string {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-master-"));
  t.after(() => rmSync(dir, { recursive: true }));
  return path.join(dir, "keys");
}

/** A value of each tenant under each of two data keys. */
function fill(vault: FileVault): readonly (readonly [string, Sealed])[] {
  const seal = () => TENANTS.map((tenantId) => [tenantId, vault.seal(tenantId, place, Buffer.from(tenantId))] as const);
  const before = seal();
  for (const tenantId of TENANTS) vault.rotateDataKey(tenantId);
  return [...before, ...seal()];
}

function opensAll(vault: FileVault, sealed: ReturnType<typeof fill>): void {
  for (const [tenantId, value] of sealed)
    assert.equal(Buffer.from(vault.open(tenantId, place, value).expose()).toString(), tenantId);
}

test("a new master key opens everything, and the old one nothing any more", (t) => {
  const dir = folder(t);
  const sealed = fill(new FileVault({ dir }));
  const old = readFileSync(path.join(dir, "master.key"), "utf8");
  rotateMasterKey({ dir });
  assert.notEqual(readFileSync(path.join(dir, "master.key"), "utf8"), old);
  assert.deepEqual(readdirSync(dir).sort(), ["data-keys.json", "master.key"]);
  opensAll(new FileVault({ dir }), sealed);
  assert.throws(() => new FileVault({ dir, masterKey: old.trim() }), /master key does not open/);
});

// What a power cut leaves is what the steps before it left: the process is killed before each of them in turn.
test("killed before any step of it, nothing is lost, and the next start carries it through", {
  timeout: 300_000,
}, (t) => {
  const modules = new URL("./rotate-master-key.ts", import.meta.url).href;
  let killed = 0;
  for (let step = 0; ; step++) {
    const dir = folder(t);
    const sealed = fill(new FileVault({ dir }));
    const old = readFileSync(path.join(dir, "master.key"), "utf8");
    const code = `import { rotateMasterKey } from ${JSON.stringify(modules)};
      let left = ${step};
      const step = () => { if (left-- === 0) process.kill(process.pid, "SIGKILL"); };
      rotateMasterKey({ dir: ${JSON.stringify(dir)}, step });`;
    const { signal, status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
    });
    if (signal === "SIGKILL") killed += 1;
    else assert.equal(status, 0, stderr);
    const wasBegun = existsSync(path.join(dir, "master.key.next"));
    opensAll(new FileVault({ dir }), sealed);
    opensAll(new FileVault({ dir }), sealed);
    const isNew = readFileSync(path.join(dir, "master.key"), "utf8") !== old;
    if (wasBegun) assert.ok(isNew, "a change that was begun is carried through");
    if (isNew) assert.throws(() => new FileVault({ dir, masterKey: old.trim() }), /master key does not open/);
    if (signal !== "SIGKILL") break;
  }
  assert.ok(killed >= 10, `it was killed at ${killed} steps`);
});

test("a new master key from the environment, with the one before beside it once", (t) => {
  const dir = folder(t);
  const sealed = fill(new FileVault({ dir, masterKey: keyOf(1) }));
  assert.throws(() => new FileVault({ dir, masterKey: keyOf(2) }), /POMONA_MASTER_KEY_PREVIOUS/);
  const changed = new FileVault({ dir, masterKey: keyOf(2), previousMasterKey: keyOf(1) });
  assert.equal(changed.rewrapped, 4);
  opensAll(changed, sealed);
  // It may stay there, and is not needed.
  assert.equal(new FileVault({ dir, masterKey: keyOf(2), previousMasterKey: keyOf(1) }).rewrapped, 0);
  opensAll(new FileVault({ dir, masterKey: keyOf(2) }), sealed);
  assert.throws(() => new FileVault({ dir, masterKey: keyOf(1) }), /master key does not open/);
  assert.ok(!existsSync(path.join(dir, "master.key")));
});

test("a master key moves from a file into the environment, and back into a file", (t) => {
  const dir = folder(t);
  const sealed = fill(new FileVault({ dir }));
  const file = path.join(dir, "master.key");
  const inFile = readFileSync(file, "utf8").trim();
  opensAll(new FileVault({ dir, masterKey: keyOf(3), previousMasterKey: inFile }), sealed);
  rmSync(file);
  opensAll(new FileVault({ dir, masterKey: keyOf(3) }), sealed);
  assert.throws(() => new FileVault({ dir }), /is missing/);
  opensAll(new FileVault({ dir, previousMasterKey: keyOf(3) }), sealed);
  opensAll(new FileVault({ dir }), sealed);
});

test("data keys of an older backup than the master key open nothing, and nothing is written over them", (t) => {
  const dir = folder(t);
  fill(new FileVault({ dir }));
  const [file, kept] = [path.join(dir, "data-keys.json"), path.join(dir, "..", "kept.json")];
  copyFileSync(file, kept);
  rotateMasterKey({ dir });
  copyFileSync(kept, file);
  assert.throws(() => new FileVault({ dir }), /master key does not open/);
  assert.deepEqual(readFileSync(file), readFileSync(kept));
});
