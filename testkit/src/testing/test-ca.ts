import { EKU, encodePem, issueCertificate, parseCertificate, type Signer } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { makeIdentityKey } from "../mdm/identity-key.ts";

const DAY_MS = 86_400_000;

/** A root for one test, with a TLS leaf for loopback. */
export interface TestCa {
  readonly signer: Signer;
  readonly rootPem: string;
  readonly rootKeyPem: string;
  readonly tls: { readonly key: string; readonly cert: string };
}

export async function makeTestCa(): Promise<TestCa> {
  const crypto = nodeCrypto();
  const [rootKeyPem, tlsKey] = await Promise.all([makeIdentityKey("root", 2048), makeIdentityKey("tls", 2048)]);
  const key = privateKeyFromPem(rootKeyPem);
  const now = Date.now();
  const validity = { notBefore: now - DAY_MS, notAfter: now + 365 * DAY_MS };
  const root = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { O: "Test", CN: "Test Root" },
    spki: crypto.publicKeyOf(key),
    ...validity,
    extensions: { ca: {}, keyUsage: ["keyCertSign", "cRLSign", "digitalSignature", "keyEncipherment"] },
  });
  const certificate = parseCertificate(root);
  const leaf = issueCertificate(crypto, {
    issuer: { certificate, key },
    subject: { CN: "localhost" },
    spki: crypto.publicKeyOf(privateKeyFromPem(tlsKey)),
    ...validity,
    extensions: { extendedKeyUsage: [EKU.serverAuth], sanDns: ["localhost"], sanIp: ["127.0.0.1"] },
  });
  return {
    signer: { certificate, key },
    rootPem: encodePem("CERTIFICATE", root),
    rootKeyPem,
    tls: { key: tlsKey, cert: encodePem("CERTIFICATE", leaf) },
  };
}
