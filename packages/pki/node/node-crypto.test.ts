import assert from "node:assert/strict";
import { constants, createPublicKey, generateKeyPairSync, publicEncrypt } from "node:crypto";
import { test } from "node:test";
import { PkiError, type SignatureAlgorithm } from "../src/index.ts";
import {
  generateKeyPair,
  generateKeyPairInBackground,
  keyObject,
  nodeCrypto,
  privateKeyFromPem,
  privateKeyToPem,
} from "./index.ts";

const crypto = nodeCrypto();
const rsa = generateKeyPair("rsa-2048");
const ec = generateKeyPair("ec-p256");
const data = new TextEncoder().encode("data");

function refuses(run: () => unknown, code: string): void {
  assert.throws(run, (error) => error instanceof PkiError && error.code === code);
}

test("a signature holds for its key, algorithm and data, and a key never verifies another family's algorithm", () => {
  for (const [key, family] of [
    [rsa, "rsa"],
    [ec, "ecdsa"],
  ] as const) {
    const algorithm: SignatureAlgorithm = `${family}-sha256`;
    const signature = crypto.sign(key, algorithm, data);
    const handle = crypto.importPublicKey(crypto.publicKeyOf(key));
    assert.ok(crypto.verify(handle, algorithm, data, signature));
    assert.ok(!crypto.verify(handle, `${family}-sha512`, data, signature));
    assert.ok(!crypto.verify(handle, family === "rsa" ? "ecdsa-sha256" : "rsa-sha256", data, signature));
    assert.ok(!crypto.verify(handle, algorithm, new Uint8Array(1), signature));
    assert.ok(!crypto.verify(handle, algorithm, data, new Uint8Array(0)));
    refuses(() => crypto.sign(key, family === "rsa" ? "ecdsa-sha256" : "rsa-sha256", data), "crypto.key");
  }
});

test("a wrapped key comes back; bad padding and wrong lengths give random bytes of the expected length", () => {
  const handle = crypto.importPublicKey(crypto.publicKeyOf(rsa));
  const key = crypto.random(32);
  const wrapped = crypto.wrapKey(handle, key);
  assert.deepEqual(Buffer.from(crypto.unwrapKey(rsa, wrapped, 32)), Buffer.from(key));
  const publicKey = createPublicKey(keyObject(rsa));
  const raw = (padded: Uint8Array) => publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, padded);
  const padded = (change: (bytes: Uint8Array) => void) => {
    const bytes = new Uint8Array(256).fill(7);
    bytes.set([0, 2], 0);
    bytes[223] = 0;
    bytes.set(key, 224);
    change(bytes);
    return raw(bytes);
  };
  assert.deepEqual(
    Buffer.from(
      crypto.unwrapKey(
        rsa,
        padded(() => {}),
        32,
      ),
    ),
    Buffer.from(key),
  );
  const broken = [
    padded((bytes) => bytes.set([1], 1)),
    padded((bytes) => bytes.set([0], 100)),
    padded((bytes) => bytes.set([7], 223)),
    crypto.wrapKey(handle, crypto.random(16)),
    new Uint8Array(256).fill(0xff),
    new Uint8Array(3),
    new Uint8Array(0),
  ];
  for (const message of broken) {
    const first = crypto.unwrapKey(rsa, message, 32);
    assert.equal(first.length, 32);
    assert.notDeepEqual(Buffer.from(first), Buffer.from(key));
    assert.notDeepEqual(Buffer.from(first), Buffer.from(crypto.unwrapKey(rsa, message, 32)));
  }
  refuses(() => crypto.unwrapKey(ec, wrapped, 32), "crypto.key");
  refuses(() => crypto.wrapKey(crypto.importPublicKey(crypto.publicKeyOf(ec)), key), "crypto.key");
});

test("public keys that are malformed or oversized are refused", () => {
  refuses(() => crypto.importPublicKey(new Uint8Array(0)), "crypto.key");
  refuses(() => crypto.importPublicKey(data), "crypto.key");
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024, publicExponent: 65537 });
  crypto.importPublicKey(publicKey.export({ type: "spki", format: "der" }));
  const jwk = { kty: "RSA", e: "AQAB", n: Buffer.alloc(1025, 0xff).toString("base64url") };
  const oversized = createPublicKey({ key: jwk, format: "jwk" });
  refuses(() => crypto.importPublicKey(oversized.export({ type: "spki", format: "der" })), "crypto.key");
  const slow = createPublicKey({
    key: {
      kty: "RSA",
      n: Buffer.alloc(256, 0xff).toString("base64url"),
      e: Buffer.alloc(64, 0xff).toString("base64url"),
    },
    format: "jwk",
  });
  refuses(() => crypto.importPublicKey(slow.export({ type: "spki", format: "der" })), "crypto.key");
});

test("only RSA and the named NIST curves are imported", () => {
  const others = [
    generateKeyPairSync("ed25519").publicKey,
    generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey,
    generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" }).publicKey,
    generateKeyPairSync("rsa-pss", { modulusLength: 1024 }).publicKey,
  ];
  for (const key of others)
    refuses(() => crypto.importPublicKey(key.export({ type: "spki", format: "der" })), "crypto.key");
  crypto.importPublicKey(
    generateKeyPairSync("ec", { namedCurve: "P-521" }).publicKey.export({ type: "spki", format: "der" }),
  );
});

test("a key made in the background is a key like any other", async () => {
  for (const type of ["rsa-2048", "ec-p256", "ec-p384"] as const) {
    const key = await generateKeyPairInBackground(type);
    const algorithm: SignatureAlgorithm = type === "rsa-2048" ? "rsa-sha256" : "ecdsa-sha256";
    assert.ok(
      crypto.verify(
        crypto.importPublicKey(crypto.publicKeyOf(key)),
        algorithm,
        data,
        crypto.sign(key, algorithm, data),
      ),
    );
  }
});

test("private keys survive PEM, and what is no key is refused without a word of it", () => {
  for (const type of ["rsa-2048", "ec-p256", "ec-p384"] as const) {
    const key = generateKeyPair(type);
    const again = privateKeyFromPem(privateKeyToPem(key));
    assert.deepEqual(Buffer.from(crypto.publicKeyOf(again)), Buffer.from(crypto.publicKeyOf(key)));
  }
  refuses(() => privateKeyFromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "crypto.key");
});

test("ciphers round trip, and a wrong key, length or padding is one refusal", () => {
  for (const [cipher, key, block] of [
    ["aes-128-cbc", 16, 16],
    ["aes-256-cbc", 32, 16],
    ["des-ede3-cbc", 24, 8],
    ["des-cbc", 8, 8],
  ] as const) {
    const secret = crypto.random(key);
    const iv = crypto.random(block);
    const sealed = crypto.encrypt(cipher, secret, iv, data);
    assert.deepEqual(Buffer.from(crypto.decrypt(cipher, secret, iv, sealed)), Buffer.from(data));
    refuses(() => crypto.decrypt(cipher, secret, iv, sealed.subarray(1)), "crypto.decrypt");
    refuses(() => crypto.decrypt(cipher, secret.subarray(1), iv, sealed), "crypto.decrypt");
    refuses(() => crypto.decrypt(cipher, secret, iv, new Uint8Array(0)), "crypto.decrypt");
  }
});
