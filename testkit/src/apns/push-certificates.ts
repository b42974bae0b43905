import { randomUUID } from "node:crypto";
import {
  decodePem,
  EKU,
  encodePem,
  issueCertificate,
  nameValue,
  parseCertificate,
  parseCertificateRequest,
  verifyCertificateRequest,
} from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { makeIdentityKey } from "../mdm/identity-key.ts";

const DAY_MS = 86_400_000;

/** A push certificate as Apple's portal hands it out. */
export interface PushCertificate {
  readonly certificatePem: string;
  /** `com.apple.mgmt.External.<uuid>`, the certificate's UID. */
  readonly topic: string;
}

/** A certificate authority that plays Apple's in tests and in the demo: it signs push certificates and the receiver's own. */
export interface PushAuthority {
  readonly rootPem: string;
  /** PEM of the root's key, to go on with the same authority after a restart. */
  readonly keyPem: string;
  /**
   * Signs a certificate request (PEM) as identity.apple.com/pushcert does. A renewal keeps the topic: give it.
   * Throws for a request that does not prove its key. `lifetimeDays` may be negative, for an expired one.
   */
  sign(requestPem: string, options?: { readonly topic?: string; readonly lifetimeDays?: number }): PushCertificate;
  /** Key and certificate in PEM for a receiver at 127.0.0.1 and localhost. */
  serverIdentity(): Promise<{ readonly key: string; readonly cert: string }>;
}

/** @param kept the authority of an earlier run */
export async function openPushAuthority(kept?: {
  readonly rootPem: string;
  readonly keyPem: string;
}): Promise<PushAuthority> {
  const crypto = nodeCrypto();
  const keyPem = kept?.keyPem ?? (await makeIdentityKey("push authority", 2048));
  const key = privateKeyFromPem(keyPem);
  const now = Date.now();
  const rootDer =
    kept === undefined
      ? issueCertificate(crypto, {
          issuer: { certificate: "self", key },
          subject: { O: "Pomona testkit", CN: "Test Application Integration CA" },
          spki: crypto.publicKeyOf(key),
          notBefore: now - DAY_MS,
          notAfter: now + 3650 * DAY_MS,
          extensions: { ca: {}, keyUsage: ["keyCertSign", "cRLSign"] },
        })
      : (decodePem(kept.rootPem, "CERTIFICATE")[0]?.der ?? new Uint8Array());
  const root = parseCertificate(rootDer);

  return {
    rootPem: encodePem("CERTIFICATE", rootDer),
    keyPem,
    sign: (requestPem, options = {}) => {
      const request = parseCertificateRequest(onlyBlock(requestPem));
      if (!verifyCertificateRequest(crypto, request)) throw new Error("the request is not signed with its own key");
      const topic = options.topic ?? `com.apple.mgmt.External.${randomUUID()}`;
      const der = issueCertificate(crypto, {
        issuer: { certificate: root, key },
        subject: { UID: topic, CN: `APSP:${topic.slice(topic.lastIndexOf(".") + 1)}`, C: "US" },
        spki: request.spki,
        notBefore: Date.now() - 2 * DAY_MS,
        notAfter: Date.now() + (options.lifetimeDays ?? 365) * DAY_MS,
        extensions: { keyUsage: ["digitalSignature"], extendedKeyUsage: [EKU.clientAuth] },
      });
      return { certificatePem: encodePem("CERTIFICATE", der), topic };
    },
    serverIdentity: async () => {
      const serverKey = await makeIdentityKey("push server", 2048);
      const der = issueCertificate(crypto, {
        issuer: { certificate: root, key },
        subject: { CN: "api.push.test" },
        spki: crypto.publicKeyOf(privateKeyFromPem(serverKey)),
        notBefore: Date.now() - DAY_MS,
        notAfter: Date.now() + 365 * DAY_MS,
        extensions: {
          keyUsage: ["digitalSignature", "keyEncipherment"],
          extendedKeyUsage: [EKU.serverAuth],
          sanDns: ["localhost"],
          sanIp: ["127.0.0.1", "::1"],
        },
      });
      return { key: serverKey, cert: encodePem("CERTIFICATE", der) };
    },
  };
}

/** The topic of a push certificate: its subject's UID (0.9.2342.19200300.100.1.1). */
export const topicOfCertificate = (der: Uint8Array): string | undefined =>
  nameValue(parseCertificate(der).subject, "UID");

function onlyBlock(pem: string): Uint8Array {
  const [block] = decodePem(pem).filter(
    ({ label }) => label === "CERTIFICATE REQUEST" || label === "NEW CERTIFICATE REQUEST",
  );
  if (block === undefined) throw new Error("not a certificate request in PEM");
  return block.der;
}
