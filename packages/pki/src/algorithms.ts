import type { Cipher, Crypto, DigestAlgorithm, PrivateKeyHandle, SignatureAlgorithm } from "./crypto.ts";
import { derAlgorithm, derNull } from "./der/write.ts";
import { OID } from "./oids.ts";
import { PkiError } from "./pki-error.ts";
import { parsePublicKeyInfo } from "./x509/public-key-info.ts";

const digests: Readonly<Record<DigestAlgorithm, string>> = {
  sha1: OID.sha1,
  sha256: OID.sha256,
  sha384: OID.sha384,
  sha512: OID.sha512,
};

const signatures: Readonly<Record<SignatureAlgorithm, string>> = {
  "rsa-sha1": OID.sha1WithRsa,
  "rsa-sha256": OID.sha256WithRsa,
  "rsa-sha384": OID.sha384WithRsa,
  "rsa-sha512": OID.sha512WithRsa,
  "ecdsa-sha1": OID.ecdsaWithSha1,
  "ecdsa-sha256": OID.ecdsaWithSha256,
  "ecdsa-sha384": OID.ecdsaWithSha384,
  "ecdsa-sha512": OID.ecdsaWithSha512,
};

/** Key and block length in octets of each content cipher. */
export const ciphers: Readonly<Record<Cipher, { oid: string; keyLength: number; blockLength: number }>> = {
  "aes-128-cbc": { oid: OID.aes128Cbc, keyLength: 16, blockLength: 16 },
  "aes-256-cbc": { oid: OID.aes256Cbc, keyLength: 32, blockLength: 16 },
  "des-ede3-cbc": { oid: OID.desEde3Cbc, keyLength: 24, blockLength: 8 },
  "des-cbc": { oid: OID.desCbc, keyLength: 8, blockLength: 8 },
};

const digestByOid = invert(digests);
const signatureByOid = invert(signatures);
const cipherByOid = new Map(Object.entries(ciphers).map(([cipher, { oid }]) => [oid, cipher as Cipher]));

// Keys of a Record are its type's literals, which Object.entries forgets.
function invert<K extends string>(table: Readonly<Record<K, string>>): ReadonlyMap<string, K> {
  return new Map((Object.entries(table) as [K, string][]).map(([name, oid]) => [oid, name]));
}

export function digestOf(oid: string): DigestAlgorithm | undefined {
  return digestByOid.get(oid);
}

export function signatureAlgorithmOf(oid: string): SignatureAlgorithm | undefined {
  return signatureByOid.get(oid);
}

export function cipherOf(oid: string): Cipher | undefined {
  return cipherByOid.get(oid);
}

/**
 * The signature algorithm of a SignerInfo: it may name the whole algorithm, or only the key's (rsaEncryption,
 * id-ecPublicKey) and leave the digest to digestAlgorithm.
 */
export function signerAlgorithmOf(signatureOid: string, digest: DigestAlgorithm): SignatureAlgorithm | undefined {
  if (signatureOid === OID.rsaEncryption) return `rsa-${digest}`;
  if (signatureOid === OID.ecPublicKey) return `ecdsa-${digest}`;
  return signatureByOid.get(signatureOid);
}

/** How a private key signs: its family, and SHA-256 (SHA-384 under P-384) unless told. */
export function signatureAlgorithmFor(
  crypto: Crypto,
  key: PrivateKeyHandle,
  digest?: DigestAlgorithm,
): SignatureAlgorithm {
  const { keyType } = parsePublicKeyInfo(crypto.publicKeyOf(key));
  if (keyType === "other") throw new PkiError("crypto.key", "only RSA and NIST curve keys can sign here");
  if (keyType === "rsa") return `rsa-${digest ?? "sha256"}`;
  return `ecdsa-${digest ?? (keyType === "ec-p384" ? "sha384" : keyType === "ec-p521" ? "sha512" : "sha256")}`;
}

/** AlgorithmIdentifier of a signature in a certificate: NULL parameters for RSA, none for ECDSA (RFC 4055, RFC 5758). */
export function derSignatureAlgorithm(algorithm: SignatureAlgorithm): Uint8Array {
  return derAlgorithm(signatures[algorithm], algorithm.startsWith("rsa-") ? derNull() : undefined);
}

/** With NULL parameters, as SCEP clients and openssl write it. */
export function derDigestAlgorithm(digest: DigestAlgorithm): Uint8Array {
  return derAlgorithm(digests[digest], derNull());
}
