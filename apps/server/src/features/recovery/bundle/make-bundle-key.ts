import { createCipheriv, generateKeyPair as generate, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { encodeEncryptedPrivateKey, encodePem, issueCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";

const DAY = 86_400_000;
/** Nobody checks it when a bundle is opened. */
const VALID_MS = 30 * 365 * DAY;
/** What OpenSSL takes at most without being asked: 16 MiB. Five passes make up for the memory. */
const COST = { N: 16_384, r: 8, p: 5 };

export interface MadeBundleKey {
  /** PEM; the server may have it. */
  readonly certificate: string;
  /** PEM: the key, encrypted with the passphrase, and the certificate again. It belongs where the server is not. */
  readonly key: string;
}

/** A key pair that opens recovery bundles, as standard files: any OpenSSL since 1.1 reads them. */
export async function makeBundleKey(name: string, passphrase: string, now: number): Promise<MadeBundleKey> {
  const { privateKey } = await promisify(generate)("rsa", { modulusLength: 4096 });
  const crypto = nodeCrypto();
  const key = privateKeyFromPem(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  const der = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { O: "Pomona", OU: "recovery", CN: name },
    spki: crypto.publicKeyOf(key),
    notBefore: now - DAY,
    notAfter: now + VALID_MS,
    extensions: { keyUsage: ["keyEncipherment"] },
  });
  const certificate = encodePem("CERTIFICATE", der);
  const encrypted = await encryptKey(privateKey.export({ type: "pkcs8", format: "der" }), passphrase);
  return { certificate, key: encodePem("ENCRYPTED PRIVATE KEY", encrypted) + certificate };
}

/** By hand: Node itself offers only PBKDF2 of 2,048 rounds. */
async function encryptKey(pkcs8: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt);
  const cipher = createCipheriv("aes-256-cbc", await derive(passphrase, salt, 32, COST), iv);
  return encodeEncryptedPrivateKey({ salt, cost: COST, iv }, Buffer.concat([cipher.update(pkcs8), cipher.final()]));
}
