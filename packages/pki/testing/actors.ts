import { type GeneratedKeyType, generateKeyPair, nodeCrypto } from "../node/index.ts";
import {
  type Certificate,
  type CertificateSpec,
  EKU,
  type ExtensionsSpec,
  issueCertificate,
  type PrivateKeyHandle,
  parseCertificate,
  type Signer,
} from "../src/index.ts";

export const crypto = nodeCrypto();
/** One moment for a whole test file, in whole seconds. */
export const now = Math.floor(Date.now() / 1000) * 1000;
export const day = 86_400_000;

export const caExtensions: ExtensionsSpec = {
  ca: {},
  keyUsage: ["keyCertSign", "cRLSign", "digitalSignature", "keyEncipherment"],
};
export const deviceExtensions: ExtensionsSpec = {
  keyUsage: ["digitalSignature", "keyEncipherment"],
  extendedKeyUsage: [EKU.clientAuth],
  sanUri: ["urn:pomona:tenant:t1:device:d1"],
};

type Changes = Partial<Omit<CertificateSpec, "issuer" | "spki">>;

/** A self-signed CA. */
export function makeRoot(type: GeneratedKeyType, changes: Changes = {}): Signer {
  const key = generateKeyPair(type);
  return {
    key,
    certificate: issue({ certificate: "self", key }, key, {
      subject: { O: "Acme", CN: `Root ${type}` },
      extensions: caExtensions,
      ...changes,
    }),
  };
}

/** A key with a certificate under an issuer; a device's unless changed. */
export function makeUnder(issuer: Signer, type: GeneratedKeyType, changes: Changes = {}): Signer {
  const key = generateKeyPair(type);
  return { key, certificate: issue(issuer, key, changes) };
}

function issue(issuer: CertificateSpec["issuer"], key: PrivateKeyHandle, changes: Changes): Certificate {
  return parseCertificate(
    issueCertificate(crypto, {
      issuer,
      subject: { O: "Acme", CN: "device" },
      spki: crypto.publicKeyOf(key),
      notBefore: now - day,
      notAfter: now + 365 * day,
      extensions: deviceExtensions,
      ...changes,
    }),
  );
}
