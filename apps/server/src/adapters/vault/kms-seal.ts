import { constants, createHash, createPublicKey, publicEncrypt, randomBytes } from "node:crypto";
import { PomonaError } from "../../kernel/errors.ts";
import { type KeyOps, type KmsRecipient, type Sealed, type SealedForKms, Secret } from "../../kernel/secret.ts";
import { decrypt, encrypt } from "./aes-gcm.ts";

/** What a KMS calls RSAES_OAEP_SHA_256. */
export function wrapForKms(spki: Uint8Array, bytes: Uint8Array): Buffer {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, bytes);
}

/** A key for this value alone, encrypted to the KMS; the place of the value is authenticated as ever. */
export function sealForKms({ keyId, spki }: KmsRecipient, bound: Uint8Array, bytes: Uint8Array): Sealed {
  const contentKey = randomBytes(32);
  const wrappedKey = wrapForKms(spki, contentKey).toString("base64");
  const kid = createHash("sha256").update(spki).digest("hex").slice(0, 16);
  return { v: 1, alg: "A256GCM", kid, recipient: "kms", keyId, wrappedKey, ...encrypt(contentKey, bytes, bound) };
}

/** @throws PomonaError `kms.*`, or `vault.cannot-open` for a value that was changed or moved */
export async function openWithKms(kms: KeyOps, bound: Uint8Array, sealed: SealedForKms): Promise<Secret> {
  const contentKey = await kms.unwrap(sealed.keyId, Buffer.from(sealed.wrappedKey, "base64"));
  try {
    return new Secret(decrypt(contentKey, sealed, bound));
  } catch {
    throw new PomonaError(
      "unavailable",
      "vault.cannot-open",
      "The KMS opened its part, and the value does not: it was changed, or sealed for another place.",
    );
  }
}
