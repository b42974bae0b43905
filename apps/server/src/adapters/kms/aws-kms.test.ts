import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { startFakeKms } from "@pomona/testkit";
import { refuseOpenFile } from "../vault/durable-file.ts";
import { wrapForKms } from "../vault/kms-seal.ts";
import { AwsKms } from "./aws-kms.ts";
import { awsCredentials } from "./credentials.ts";
import { signRequest } from "./sign-request.ts";

test("a request is signed as AWS's own test vectors say", () => {
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const context = { region: "us-east-1", service: "service", now: Date.UTC(2015, 7, 30, 12, 36, 0) };
  const signatureOf = (method: string) => {
    const request = { method, url: new URL("https://example.amazonaws.com/"), headers: {}, body: "" };
    return signRequest(request, credentials, context)["authorization"]!.split("Signature=")[1];
  };
  assert.equal(signatureOf("GET"), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  assert.equal(signatureOf("POST"), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
});

test("what is encrypted to a key of the KMS comes back from it, and from no other key", async () => {
  await using fake = await startFakeKms();
  const kms = new AwsKms({ url: fake.url, credentials: () => fake.credentials });
  const [key, other] = [fake.newKey(), fake.newKey()];
  const wrapped = wrapForKms(await kms.publicKey(key), Buffer.from("a content key"));
  assert.equal(Buffer.from(await kms.unwrap(key, wrapped)).toString(), "a content key");
  await assert.rejects(kms.unwrap(other, wrapped), { code: "kms.cannot-open" });
  await assert.rejects(kms.unwrap(key, Buffer.alloc(256, 1)), { code: "kms.cannot-open" });
  await assert.rejects(kms.publicKey(fake.newKey("SIGN_VERIFY")), { code: "kms.wrong-key" });
  await assert.rejects(kms.publicKey("alias/ours"), { code: "kms.wrong-key" });
  const stranger = new AwsKms({
    url: fake.url,
    credentials: () => ({ ...fake.credentials, secretAccessKey: "guessed" }),
  });
  await assert.rejects(stranger.unwrap(key, wrapped), { code: "kms.refused" });
});

test("a refusal and an outage are told apart, in words that name no account and no secret", async () => {
  await using fake = await startFakeKms();
  const kms = new AwsKms({ url: fake.url, credentials: () => fake.credentials, timeoutMs: 300 });
  const key = fake.newKey();
  const wrapped = wrapForKms(await kms.publicKey(key), Buffer.from("a content key"));
  const cases = [
    ["denies", "kms.refused"],
    ["throttles", "kms.unreachable"],
    ["fails", "kms.unreachable"],
    ["silent", "kms.unreachable"],
  ] as const;
  for (const [mood, code] of cases) {
    fake.mood = mood;
    await assert.rejects(kms.unwrap(key, wrapped), (error: Error & { code: string }) => {
      assert.equal(error.code, code, mood);
      assert.match(error.message, /Nothing is lost/);
      const said = inspect(error, { depth: 9 });
      return !said.includes("secret-name") && !said.includes(fake.credentials.secretAccessKey);
    });
  }
  fake.mood = "works";
  assert.equal(Buffer.from(await kms.unwrap(key, wrapped)).toString(), "a content key");
  const nowhere = new AwsKms({ url: "http://127.0.0.1:9/", credentials: () => fake.credentials });
  await assert.rejects(nowhere.unwrap(key, wrapped), { code: "kms.unreachable" });
  const without = new AwsKms({ url: fake.url, credentials: awsCredentials(undefined, {}, refuseOpenFile) });
  await assert.rejects(without.unwrap(key, wrapped), { code: "kms.refused" });
});

test("credentials come from the environment, or from a file that a timer writes anew and nobody else may read", (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-kms-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = path.join(dir, "credentials.json");
  const write = (id: string) =>
    writeFileSync(file, JSON.stringify({ Version: 1, AccessKeyId: id, SecretAccessKey: "s", SessionToken: "t" }), {
      mode: 0o600,
    });
  write("first");
  const read = awsCredentials(file, {}, refuseOpenFile);
  assert.deepEqual(read(), { accessKeyId: "first", secretAccessKey: "s", sessionToken: "t" });
  write("second");
  assert.equal(read().accessKeyId, "second");
  chmodSync(file, 0o644);
  assert.throws(read, /can be read by others/);
  const env = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };
  assert.deepEqual(awsCredentials(undefined, env, refuseOpenFile)(), { accessKeyId: "id", secretAccessKey: "secret" });
});
