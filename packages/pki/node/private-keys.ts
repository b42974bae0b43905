import { createPrivateKey, generateKeyPair as generate, generateKeyPairSync, type KeyObject } from "node:crypto";
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

/** As `generateKeyPair`, on a thread of the pool: for processes that serve others meanwhile. */
export function generateKeyPairInBackground(type: GeneratedKeyType): Promise<PrivateKeyHandle> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, _publicKey: KeyObject, privateKey: KeyObject) =>
      error ? reject(error) : resolve(asHandle(privateKey));
    if (type === "rsa-2048") generate("rsa", { modulusLength: 2048 }, settle);
    else generate("ec", { namedCurve: type === "ec-p256" ? "P-256" : "P-384" }, settle);
  });
}

/** Reads a private key (PKCS#8, PKCS#1 or SEC 1), with its passphrase when it has one. Throws PkiError `crypto.key`. */
export function privateKeyFromPem(pem: string, passphrase?: string): PrivateKeyHandle {
  try {
    return asHandle(createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase }));
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
