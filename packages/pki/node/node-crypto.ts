import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  hash,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import {
  type Cipher,
  type Crypto,
  PkiError,
  type PrivateKeyHandle,
  type PublicKeyHandle,
  parsePublicKeyInfo,
} from "../src/index.ts";

/** The Crypto port over node:crypto. Handles are KeyObjects; it keeps no state, so one instance serves a process. */
export function nodeCrypto(): Crypto {
  return {
    digest: (algorithm, bytes) => hash(algorithm, bytes, "buffer"),
    importPublicKey,
    verify: (handle, algorithm, data, signature) => {
      const key = keyObject(handle);
      const [family, digest] = algorithm.split("-") as ["rsa" | "ecdsa", string];
      if (key.asymmetricKeyType !== (family === "rsa" ? "rsa" : "ec")) return false;
      try {
        return verify(digest, data, key, signature);
      } catch {
        return false;
      }
    },
    sign: (handle, algorithm, data) => {
      const key = keyObject(handle);
      const [family, digest] = algorithm.split("-") as ["rsa" | "ecdsa", string];
      if (key.asymmetricKeyType !== (family === "rsa" ? "rsa" : "ec"))
        throw new PkiError("crypto.key", "the key cannot sign with this algorithm");
      return sign(digest, data, key);
    },
    publicKeyOf: (handle) => createPublicKey(keyObject(handle)).export({ type: "spki", format: "der" }),
    wrapKey: (handle, bytes) => {
      const key = rsaKey(handle);
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes);
    },
    unwrapKey,
    encrypt: (cipher, key, iv, data) => {
      const encipher = createCipheriv(nativeCipher(cipher), nativeKey(cipher, key), iv);
      return Buffer.concat([encipher.update(data), encipher.final()]);
    },
    decrypt: (cipher, key, iv, data) => {
      try {
        const decipher = createDecipheriv(nativeCipher(cipher), nativeKey(cipher, key), iv);
        return Buffer.concat([decipher.update(data), decipher.final()]);
      } catch {
        // Without the cause: it tells bad padding from a bad length.
        throw new PkiError("crypto.decrypt", "the content could not be decrypted");
      }
    },
    random: (length) => randomBytes(length),
  };
}

/** The KeyObject behind a handle of this adapter, for TLS and JOSE. */
export function keyObject(handle: PublicKeyHandle | PrivateKeyHandle): KeyObject {
  return handle as unknown as KeyObject;
}

/** Keys beyond this cost a check-in more than it may; OpenSSL itself stops at 16384. */
const modulusLimit = 8192;
const exponentLimit = 1n << 64n;

// Looked at before OpenSSL sees it: explicit curve parameters and huge numbers have been its undoing (CVE-2022-0778).
function importPublicKey(spki: Uint8Array): PublicKeyHandle {
  let key: KeyObject;
  try {
    const { keyType, keyBits } = parsePublicKeyInfo(spki);
    if (keyType === "other" || keyBits > modulusLimit)
      throw new PkiError("crypto.key", "an unsupported kind or size of key");
    key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch (cause) {
    throw new PkiError("crypto.key", "not a usable public key", { cause });
  }
  const { publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (publicExponent > exponentLimit) throw new PkiError("crypto.key", "the RSA key is oversized");
  return key as unknown as PublicKeyHandle;
}

function rsaKey(handle: PublicKeyHandle | PrivateKeyHandle): KeyObject {
  const key = keyObject(handle);
  if (key.asymmetricKeyType !== "rsa") throw new PkiError("crypto.key", "an RSA key is needed");
  return key;
}

/**
 * Unpadded by hand: RSA_PKCS1_PADDING is refused by older Node (CVE-2023-46809) and where it is not, its answer for bad
 * padding has a length of its own. As the length is known, the check runs over all octets without a branch on them.
 */
function unwrapKey(handle: PrivateKeyHandle, wrapped: Uint8Array, expectedLength: number): Uint8Array {
  const key = rsaKey(handle);
  const substitute = randomBytes(expectedLength);
  let padded: Uint8Array;
  try {
    padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped);
  } catch {
    return substitute; // not a number below the modulus, which everybody can see
  }
  const separator = padded.length - expectedLength - 1;
  if (separator < 10) return substitute;
  let wrong = (padded[0] as number) | ((padded[1] as number) ^ 2) | (padded[separator] as number);
  for (let i = 2; i < separator; i++) wrong |= (((padded[i] as number) - 1) >> 8) & 1;
  const keep = ((wrong - 1) >> 8) & 0xff;
  for (let i = 0; i < expectedLength; i++) {
    substitute[i] = ((substitute[i] as number) & ~keep) | ((padded[separator + 1 + i] as number) & keep);
  }
  return substitute;
}

/** OpenSSL 3 has no single DES; three times the same key is the same cipher. */
function nativeCipher(cipher: Cipher): string {
  return cipher === "des-cbc" ? "des-ede3-cbc" : cipher;
}

function nativeKey(cipher: Cipher, key: Uint8Array): Uint8Array {
  return cipher === "des-cbc" ? Buffer.concat([key, key, key]) : key;
}
