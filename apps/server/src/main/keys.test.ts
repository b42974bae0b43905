import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { startFakeKms } from "@pomona/testkit";
import { silentLog } from "../adapters/log/log.ts";
import { lockInstance } from "../adapters/store/instance-lock.ts";
import { FileVault } from "../adapters/vault/file-vault.ts";
import { mastersFromKms } from "../adapters/vault/kms-master.ts";
import type { Sealed } from "../kernel/secret.ts";
import { changeMasterKey, kmsOf, openVault, readVault } from "./keys.ts";

const place = { table: "escrow", row: "r1", field: "prk" };
const [first, second] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64")) as [string, string];

function folder(t: TestContext): string {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-keys-"));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

test("the master key of a stopped server is replaced; of a running one it is not, nor of a folder without keys", async (t) => {
  const dataDir = folder(t);
  await assert.rejects(changeMasterKey({ dataDir }), /has no keys/);
  const sealed = (await openVault({ dataDir }, silentLog)).seal("t1", place, Buffer.from("AAAA"));
  const file = path.join(dataDir, "keys", "master.key");
  const old = readFileSync(file, "utf8");
  const unlock = lockInstance(dataDir);
  await assert.rejects(changeMasterKey({ dataDir }), /Another Pomona server works on/);
  assert.equal(readFileSync(file, "utf8"), old);
  unlock();
  assert.match(await changeMasterKey({ dataDir }), /was replaced/);
  assert.notEqual(readFileSync(file, "utf8"), old);
  assert.equal(
    Buffer.from((await openVault({ dataDir }, silentLog)).open("t1", place, sealed).expose()).toString(),
    "AAAA",
  );
});

test("a master key from the environment is replaced by giving both, and it is said when the old one can go", async (t) => {
  const dataDir = folder(t);
  (await openVault({ dataDir, masterKey: first }, silentLog)).seal("t1", place, Buffer.from("AAAA"));
  await assert.rejects(changeMasterKey({ dataDir, masterKey: first }), /POMONA_MASTER_KEY_PREVIOUS; then/);
  const both = { dataDir, masterKey: second, previousMasterKey: first };
  assert.match(await changeMasterKey(both), /1 data keys are wrapped anew/);
  assert.match(await changeMasterKey(both), /Take it away/);
  await assert.rejects(openVault({ dataDir, masterKey: first }, silentLog), /master key does not open/);
  await openVault({ dataDir, masterKey: second }, silentLog);
});

/** A folder, a KMS and the settings that name both. */
async function withKms(t: TestContext) {
  const dataDir = folder(t);
  const fake = await startFakeKms();
  t.after(() => fake[Symbol.asyncDispose]());
  const credentials = path.join(dataDir, "credentials.json");
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = fake.credentials;
  writeFileSync(credentials, JSON.stringify({ AccessKeyId, SecretAccessKey, SessionToken }), { mode: 0o600 });
  const masterKey = fake.newKey();
  return { dataDir, fake, config: { dataDir, kms: { url: fake.url, credentials, masterKey } } };
}
const opens = (vault: FileVault, sealed: Sealed) =>
  assert.equal(Buffer.from(vault.open("t1", place, sealed).expose()).toString(), "AAAA");

test("a master key that only the KMS opens: asked once at the start, and without it the server does not start", async (t) => {
  const { dataDir, fake, config } = await withKms(t);
  const sealed = (await openVault(config, silentLog)).seal("t1", place, Buffer.from("AAAA"));
  assert.deepEqual(readdirSync(path.join(dataDir, "keys")).sort(), ["data-keys.json", "master.kms.json"]);
  fake.asked.length = 0;
  const vault = await openVault(config, silentLog);
  fake.mood = "denies";
  opens(vault, sealed);
  vault.seal("t2", place, Buffer.from("a tenant that is new while the KMS is away"));
  assert.deepEqual(fake.asked, ["Decrypt"]);
  await assert.rejects(openVault(config, silentLog), { code: "kms.refused" });
  fake.mood = "works";
  opens(await openVault(config, silentLog), sealed);
  await assert.rejects(openVault({ dataDir }, silentLog), /is missing/);
});

test("the master key moves from a file into the KMS, is replaced there, and comes back out of it", async (t) => {
  const { dataDir, fake, config } = await withKms(t);
  const sealed = (await openVault({ dataDir }, silentLog)).seal("t1", place, Buffer.from("AAAA"));
  opens(await openVault(config, silentLog), sealed);
  await assert.rejects(openVault({ dataDir }, silentLog), /master key does not open/);
  const file = path.join(dataDir, "keys", "master.kms.json");
  const before = readFileSync(file, "utf8");
  assert.match(await changeMasterKey(config), /was replaced/);
  assert.notEqual(readFileSync(file, "utf8"), before);
  opens(await openVault(config, silentLog), sealed);
  // Another key of the KMS, as after a move to another account.
  const other = { dataDir, kms: { ...config.kms, masterKey: fake.newKey() } };
  opens(await openVault(other, silentLog), sealed);
  opens(await readVault(other), sealed);
  assert.match(await changeMasterKey({ ...other, masterKey: first }), /Take POMONA_KMS_MASTER_KEY away/);
  opens(await openVault({ dataDir, masterKey: first }, silentLog), sealed);
});

test("a key that encrypts and does not decrypt is found out before anything depends on it", async (t) => {
  const { dataDir, fake, config } = await withKms(t);
  const sealed = (await openVault({ dataDir }, silentLog)).seal("t1", place, Buffer.from("AAAA"));
  const wrong = { ...config.kms, masterKey: fake.newKey("SIGN_VERIFY") };
  await assert.rejects(openVault({ dataDir, kms: wrong }, silentLog), { code: "kms.wrong-key" });
  assert.ok(!existsSync(path.join(dataDir, "keys", "master.kms.json")));
  opens(await openVault({ dataDir }, silentLog), sealed);
});

test("cut off before any step of the change to another master key of the KMS, everything opens afterwards", async (t) => {
  for (let cut = 0, isDone = false; !isDone; cut++) {
    const { dataDir, config } = await withKms(t);
    const sealed = (await openVault(config, silentLog)).seal("t1", place, Buffer.from("AAAA"));
    const kms = kmsOf(config);
    const dir = path.join(dataDir, "keys");
    let left = cut;
    const step = () => {
      if (left-- === 0) throw new Error("power cut");
    };
    try {
      const { masterKey: keyId } = config.kms;
      const { masters, settle } = await mastersFromKms({ dir, keyId, kms, isRotation: true, step });
      new FileVault({ dir, masters, step });
      settle();
      isDone = true;
      assert.ok(cut >= 12, `there were ${cut} steps`);
    } catch (error) {
      assert.match(String(error), /power cut/);
    }
    opens(await openVault(config, silentLog), sealed);
    opens(await openVault(config, silentLog), sealed);
    assert.ok(!existsSync(path.join(dir, "master.kms.json.next")));
  }
});
