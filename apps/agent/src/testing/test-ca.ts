import {
  createCertificateRequest,
  EKU,
  encodePem,
  issueCertificate,
  parseCertificate,
  parseCertificateRequest,
  verifyCertificateRequest,
} from "@pomona/pki";
import { generateKeyPair, nodeCrypto, privateKeyToPem } from "@pomona/pki/node";

const DAY = 86_400_000;

/** A root for tests, with a server certificate for the loopback. */
export function createTestCa() {
  const crypto = nodeCrypto();
  const key = generateKeyPair("ec-p256");
  const validity = { notBefore: Date.now() - DAY, notAfter: Date.now() + DAY };
  const root = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { CN: "Test root" },
    spki: crypto.publicKeyOf(key),
    ...validity,
    extensions: { ca: {}, keyUsage: ["keyCertSign", "cRLSign"] },
  });
  const issuer = { certificate: parseCertificate(root), key };
  const serverKey = generateKeyPair("ec-p256");
  const server = issueCertificate(crypto, {
    issuer,
    subject: { CN: "localhost" },
    spki: crypto.publicKeyOf(serverKey),
    ...validity,
    extensions: {
      keyUsage: ["digitalSignature"],
      extendedKeyUsage: [EKU.serverAuth],
      sanDns: ["localhost"],
      sanIp: ["127.0.0.1"],
    },
  });
  return {
    rootPem: encodePem("CERTIFICATE", root),
    serverPem: encodePem("CERTIFICATE", server),
    serverKeyPem: privateKeyToPem(serverKey),
    /** Issues an agent's certificate for a PKCS#10 request whose own signature is right. */
    issueAgent(csr: Uint8Array, tenantId: string, deviceId: string): string {
      const request = parseCertificateRequest(csr);
      if (!verifyCertificateRequest(crypto, request)) throw new Error("the request is not signed by its own key");
      const certificate = issueCertificate(crypto, {
        issuer,
        subject: { CN: deviceId },
        spki: request.spki,
        ...validity,
        extensions: {
          keyUsage: ["digitalSignature"],
          extendedKeyUsage: [EKU.clientAuth],
          sanUri: [`urn:pomona:${tenantId}:${deviceId}:agent`],
        },
      });
      return encodePem("CERTIFICATE", certificate);
    },
    /** A certificate and key for an agent that did not enroll by itself. */
    madeUpAgent(tenantId: string, deviceId: string) {
      const own = generateKeyPair("ec-p256");
      const csr = createCertificateRequest(crypto, own, { subject: { CN: deviceId } });
      return { certificate: this.issueAgent(csr, tenantId, deviceId), key: privateKeyToPem(own) };
    },
  };
}

export type TestCa = ReturnType<typeof createTestCa>;
