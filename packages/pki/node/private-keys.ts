import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { PkiError, type PrivateKeyHandle } from "../src/index.ts";
import { keyObject } from "./node-crypto.ts";

export type GeneratedKeyType = "rsa-2048" | "ec-p256" | "ec-p384";

/** Makes a private key; its public half is `crypto.publicKeyOf(key)`. RSA takes some 100 ms of the calling thread. */
export function generateKeyPair(type: GeneratedKeyType): PrivateKeyHandle {
  switch (type) {
    case "rsa-2048":
      return asHandle(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
    case "ec-p256":
      return asHandle(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    case "ec-p384":
      return asHandle(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey);
  }
}

/** Reads an unencrypted private key (PKCS#8, PKCS#1 or SEC 1). Throws PkiError `crypto.key`. */
export function privateKeyFromPem(pem: string): PrivateKeyHandle {
  try {
    return asHandle(createPrivateKey(pem));
  } catch {
    // Without the cause, which might quote what was given.
    throw new PkiError("crypto.key", "not a readable private key in PEM");
  }
}

/** PKCS#8 PEM, unencrypted: to be sealed before it is stored. */
export function privateKeyToPem(key: PrivateKeyHandle): string {
  return keyObject(key).export({ type: "pkcs8", format: "pem" }) as string;
}

function asHandle(key: KeyObject): PrivateKeyHandle {
  return key as unknown as PrivateKeyHandle;
}
