import assert from "node:assert/strict";
import { createPublicKey, sign, verify } from "node:crypto";
import { test } from "node:test";
import { makeIdentityKeys } from "./identity-keys.ts";

test("keys made of pairs of primes are different RSA-2048 keys that sign and verify", async () => {
  const keys = await makeIdentityKeys(4);
  const message = Buffer.from("a poll");
  for (const key of keys) {
    const publicKey = createPublicKey(key);
    assert.equal(publicKey.asymmetricKeyDetails?.modulusLength, 2048);
    assert.ok(verify("sha256", message, publicKey, sign("sha256", message, key)));
  }
  assert.equal(new Set(keys).size, 4);
});
