declare const publicKeyBrand: unique symbol;
declare const privateKeyBrand: unique symbol;

/** A public key that an adapter has parsed; keep it in a cache, parsing costs more than verifying. */
export interface PublicKeyHandle {
  readonly [publicKeyBrand]: true;
}

/** A reference to a private key; the key itself may live in a token or a KMS and never passes through this package. */
export interface PrivateKeyHandle {
  readonly [privateKeyBrand]: true;
}

export type DigestAlgorithm = "sha1" | "sha256" | "sha384" | "sha512";

/** RSASSA-PKCS1-v1_5 or ECDSA (DER signature, RFC 3279 section 2.2.3) over a digest. */
export type SignatureAlgorithm = `${"rsa" | "ecdsa"}-${DigestAlgorithm}`;

/** Content ciphers, all CBC with PKCS#7 padding. `des-cbc` is only met behind an explicit `allowDes`. */
export type Cipher = "aes-128-cbc" | "aes-256-cbc" | "des-ede3-cbc" | "des-cbc";

/** The cryptography that this package is handed; synchronous, so that a signature check stays one call on the hot path. */
export interface Crypto {
  digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array;
  /** From SubjectPublicKeyInfo (DER). Throws PkiError `crypto.key` for what it cannot use, and for oversized RSA keys. */
  importPublicKey(spki: Uint8Array): PublicKeyHandle;
  /** False for a wrong signature and for a key of the wrong family; never throws on hostile input. */
  verify(key: PublicKeyHandle, algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean;
  sign(key: PrivateKeyHandle, algorithm: SignatureAlgorithm, data: Uint8Array): Uint8Array;
  /** SubjectPublicKeyInfo (DER) of a private key. */
  publicKeyOf(key: PrivateKeyHandle): Uint8Array;
  /** RSAES-PKCS1-v1_5 (RFC 8017 section 7.2.1). Throws PkiError `crypto.key` unless the key is RSA. */
  wrapKey(key: PublicKeyHandle, bytes: Uint8Array): Uint8Array;
  /**
   * RSAES-PKCS1-v1_5 with implicit rejection: on bad padding or another length than `expectedLength` the answer is
   * random bytes of that length, so that nobody can tell from it what was wrong.
   */
  unwrapKey(key: PrivateKeyHandle, wrapped: Uint8Array, expectedLength: number): Uint8Array;
  /** `des-cbc` takes an 8-byte key. */
  encrypt(cipher: Cipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  /** Throws PkiError `crypto.decrypt` on bad padding or length. */
  decrypt(cipher: Cipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array;
  random(length: number): Uint8Array;
}
