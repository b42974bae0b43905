import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** AES-256-GCM with a random nonce; both fields are base64, the tag is the end of the ciphertext. */
export interface GcmBox {
  readonly nonce: string;
  readonly ciphertext: string;
}

const TAG_BYTES = 16;

export function encrypt(key: Uint8Array, plain: Uint8Array, bound: Uint8Array): GcmBox {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(bound);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString("base64"), ciphertext: sealed.toString("base64") };
}

/** @throws Error for another key, another place, or bytes that were changed; which one cannot be told */
export function decrypt(key: Uint8Array, { nonce, ciphertext }: GcmBox, bound: Uint8Array): Buffer {
  const sealed = Buffer.from(ciphertext, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"), { authTagLength: TAG_BYTES })
    .setAAD(bound)
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
}
