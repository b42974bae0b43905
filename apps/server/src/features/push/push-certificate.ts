import { hash } from "node:crypto";
import {
  type Certificate,
  type Crypto,
  createCertificateRequest,
  decodePem,
  encodePem,
  nameValue,
  parseCertificate,
} from "@pomona/pki";
import { generateKeyPair, privateKeyFromPem, privateKeyToPem } from "@pomona/pki/node";
import { newId } from "../../kernel/clock.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { WriteTransaction } from "../../kernel/store.ts";
import { findPushRequest, insertPushRequest, putPushCertificate, readPushCertificate } from "./push.sql.ts";

/** Where the key of the tenant's push certificate is sealed to. */
export const PUSH_KEY_PLACE = { table: "push_certificates", row: "current", field: "sealed_key" } as const;
const requestPlace = (id: string) => ({ table: "push_requests", row: id, field: "sealed_key" });

const spkiHash = (spki: Uint8Array): string => hash("sha256", spki, "hex");

interface MadeRequest {
  readonly csr: Uint8Array;
  readonly spkiHash: string;
  /** PKCS#8 PEM, to be sealed. */
  readonly keyPem: string;
}

/** Makes a key and a request for it: outside the transaction, for it takes a tenth of a second. */
export function makePushRequest(
  crypto: Crypto,
  subject: { readonly organization: string; readonly email: string },
): MadeRequest {
  const key = generateKeyPair("rsa-2048");
  const csr = createCertificateRequest(crypto, key, {
    subject: { O: subject.organization, CN: `${subject.organization} push`, emailAddress: subject.email },
  });
  return { csr, spkiHash: spkiHash(crypto.publicKeyOf(key)), keyPem: privateKeyToPem(key) };
}

/** Keeps the sealed key under the hash of its public half, by which Apple's answer is recognised. */
export async function storePushRequest(
  tx: WriteTransaction,
  kernel: Kernel,
  made: MadeRequest,
): Promise<{ readonly id: string; readonly csr: string }> {
  const id = newId<"push-request">(tx.now);
  await insertPushRequest(tx, {
    id,
    spkiHash: made.spkiHash,
    sealedKey: kernel.vault.seal(tx.scope.tenantId, requestPlace(id), Buffer.from(made.keyPem, "utf8")),
  });
  return { id, csr: encodePem("CERTIFICATE REQUEST", made.csr) };
}

interface Upload {
  readonly certificate: Certificate;
  readonly topic: string;
  /** PEM as it came: the certificate first. */
  readonly pem: string;
  /** PKCS#8 PEM; undefined when the key was made here. */
  readonly keyPem: string | undefined;
}

/** Reads what was uploaded. @throws PomonaError `push.certificate-unreadable`, `push.no-topic`, `push.wrong-key` */
export function readUpload(crypto: Crypto, certificatePem: string, privateKeyPem: string | undefined): Upload {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(decodePem(certificatePem, "CERTIFICATE")[0]!.der);
  } catch {
    throw invalid(
      "push.certificate-unreadable",
      "This is not a certificate in PEM. Upload the .pem file from identity.apple.com/pushcert.",
    );
  }
  const topic = nameValue(certificate.subject, "UID");
  if (topic === undefined || !topic.startsWith("com.apple.mgmt.")) {
    throw invalid(
      "push.no-topic",
      "This is not an MDM push certificate: its subject has no UID that begins with com.apple.mgmt.",
    );
  }
  const pem = certificatePem.trim() + "\n";
  if (privateKeyPem === undefined) return { certificate, topic, pem, keyPem: undefined };
  let keyPem: string;
  let spki: Uint8Array;
  try {
    const key = privateKeyFromPem(privateKeyPem);
    keyPem = privateKeyToPem(key);
    spki = crypto.publicKeyOf(key);
  } catch {
    throw invalid("push.wrong-key", "The private key cannot be read. It must be PEM without a password.");
  }
  if (spkiHash(spki) !== spkiHash(certificate.spki)) {
    throw invalid("push.wrong-key", "The private key does not belong to this certificate.");
  }
  return { certificate, topic, pem, keyPem };
}

/**
 * Stores the certificate with its key. A topic never changes: every Mac that is enrolled would be out of reach for good.
 * @throws PomonaError `push.expired`, `push.topic-changed`, `push.no-request`
 */
export async function storePushCertificate(tx: WriteTransaction, kernel: Kernel, upload: Upload): Promise<void> {
  const { tenantId } = tx.scope;
  const { certificate, topic } = upload;
  if (certificate.notAfter <= tx.now)
    throw invalid("push.expired", "This certificate has expired. Renew it in Apple's portal.");
  const current = await readPushCertificate(tx);
  if (current !== undefined && current.topic !== topic) {
    throw new PomonaError(
      "conflict",
      "push.topic-changed",
      `This certificate is for the topic ${topic}, and your Macs are enrolled with ${current.topic}. ` +
        "In Apple's portal choose Renew for the certificate that you have, not Create.",
    );
  }
  const key = upload.keyPem ?? (await keyOfRequest(tx, kernel, certificate));
  await putPushCertificate(tx, {
    topic,
    subject: certificate.subject.text,
    notAfter: certificate.notAfter,
    certificate: upload.pem,
    sealedKey: kernel.vault.seal(tenantId, PUSH_KEY_PLACE, Buffer.from(key, "utf8")),
  });
  await tx.publish({ type: "push.certificate-changed", data: { topic, expiresAt: certificate.notAfter } });
}

async function keyOfRequest(tx: WriteTransaction, kernel: Kernel, certificate: Certificate): Promise<string> {
  const request = await findPushRequest(tx, spkiHash(certificate.spki));
  if (request === undefined) {
    throw invalid(
      "push.no-request",
      "The key of this certificate was not made here. Upload its private key too, or make a new request and use that.",
    );
  }
  const key = kernel.vault.open(tx.scope.tenantId, requestPlace(request.id), request.sealedKey);
  return Buffer.from(key.expose()).toString("utf8");
}

const invalid = (code: string, message: string): PomonaError => new PomonaError("invalid", code, message);
