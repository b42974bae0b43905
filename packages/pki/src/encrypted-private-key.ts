import { derAlgorithm, derInteger, derOctetString, derOid, derSequence } from "./der/write.ts";

/** How a private key was encrypted: scrypt of a passphrase (RFC 7914) made the key, AES-256-CBC the octets. */
export interface ScryptEncryption {
  readonly salt: Uint8Array;
  /** The cost: `N` as a power of two, `r`, `p`. */
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  readonly iv: Uint8Array;
}

const OIDS = { pbes2: "1.2.840.113549.1.5.13", scrypt: "1.3.6.1.4.1.11591.4.11", aes256: "2.16.840.1.101.3.4.1.42" };

/** EncryptedPrivateKeyInfo (RFC 5958 section 3) with PBES2 (RFC 8018), as DER: what OpenSSL calls ENCRYPTED PRIVATE KEY. */
export function encodeEncryptedPrivateKey({ salt, cost, iv }: ScryptEncryption, encrypted: Uint8Array): Uint8Array {
  const derivation = derSequence(
    derOid(OIDS.scrypt),
    derSequence(derOctetString(salt), derInteger(cost.N), derInteger(cost.r), derInteger(cost.p)),
  );
  const encryption = derAlgorithm(OIDS.aes256, derOctetString(iv));
  const algorithm = derSequence(derOid(OIDS.pbes2), derSequence(derivation, encryption));
  return derSequence(algorithm, derOctetString(encrypted));
}
