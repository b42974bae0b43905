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
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { countEnrolledOn } from "../enrollment/index.ts";
import { brokenLink } from "./chain-order.ts";
import {
  findPushRequest,
  insertPushRequest,
  type PushCertificate,
  putPushCertificate,
  readPushCertificate,
} from "./push.sql.ts";

/** Where the key of the tenant's push certificate is sealed to. */
export const PUSH_KEY_PLACE = { table: "push_certificates", row: "current", field: "sealed_key" } as const;
const MOST_ISSUERS = 8;
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
  const csr = encodePem("CERTIFICATE REQUEST", made.csr);
  await insertPushRequest(tx, {
    id,
    spkiHash: made.spkiHash,
    sealedKey: kernel.vault.seal(tx.scope.tenantId, requestPlace(id), Buffer.from(made.keyPem, "utf8")),
    csr,
  });
  return { id, csr };
}

/** The request that brought the certificate in use; undefined when its key was not made here. */
export async function requestInUse(tx: ReadTransaction): Promise<string | undefined> {
  const current = await readPushCertificate(tx);
  if (current === undefined) return undefined;
  const { spki } = parseCertificate(decodePem(current.certificate, "CERTIFICATE")[0]!.der);
  return (await findPushRequest(tx, spkiHash(spki)))?.id;
}

export interface Upload {
  readonly certificate: Certificate;
  /** What followed it in the file. */
  readonly issuers: readonly Certificate[];
  readonly topic: string;
  /** PEM as it came: the certificate first. */
  readonly pem: string;
  /** PKCS#8 PEM; undefined when the key was made here. */
  readonly keyPem: string | undefined;
}

/** Reads what was uploaded. @throws PomonaError `push.certificate-unreadable`, `push.no-topic`, `push.wrong-key` */
export function readUpload(crypto: Crypto, certificatePem: string, privateKeyPem: string | undefined): Upload {
  let certificate: Certificate;
  let issuers: readonly Certificate[];
  try {
    const [first, ...others] = decodePem(certificatePem, "CERTIFICATE").slice(0, MOST_ISSUERS + 1);
    certificate = parseCertificate(first!.der);
    issuers = others.map(({ der }) => parseCertificate(der));
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
  const broken = brokenLink(crypto, [certificate, ...issuers]);
  if (broken !== undefined) throw invalid("push.chain-broken", broken);
  const pem = [certificate, ...issuers].map(({ raw }) => encodePem("CERTIFICATE", raw)).join("");
  if (privateKeyPem === undefined) return { certificate, issuers, topic, pem, keyPem: undefined };
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
  return { certificate, issuers, topic, pem, keyPem };
}

/**
 * Stores the certificate with its key. A topic never changes while a Mac is enrolled on it: all of them would be out of
 * reach for good.
 * @throws PomonaError `push.expired`, `push.not-yet-valid`, `push.topic-changed`, `push.topic-in-use`,
 * `push.older-certificate`, `push.no-request`
 * @returns false when it is the one in use, which works
 */
export async function storePushCertificate(
  tx: WriteTransaction,
  kernel: Kernel,
  upload: Upload,
  replaceTopic: boolean,
): Promise<boolean> {
  const { tenantId } = tx.scope;
  const { certificate, topic } = upload;
  if (certificate.notAfter <= tx.now)
    throw invalid("push.expired", "This certificate has expired. Renew it in Apple's portal.");
  if (certificate.notBefore > tx.now)
    throw invalid("push.not-yet-valid", "This certificate is not valid yet. Look at the clock of this server.");
  if (upload.issuers.some(({ notAfter }) => notAfter <= tx.now))
    throw invalid("push.expired", "A certificate of the chain has expired. Leave the chain out, or fetch it anew.");
  const current = await readPushCertificate(tx);
  if (current?.certificate === upload.pem && current.refusal === null) return false;
  if (current !== undefined && current.topic !== topic) await refuseOtherTopic(tx, current.topic, topic, replaceTopic);
  else if (current !== undefined && current.notAfter > certificate.notAfter && isWorking(current, tx.now)) {
    throw new PomonaError(
      "conflict",
      "push.older-certificate",
      "This certificate ends earlier than the one in use, which works. Upload the newest one that Apple issued.",
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
  return true;
}

const isWorking = (current: PushCertificate, now: number): boolean =>
  current.refusal === null && current.notAfter > now;

async function refuseOtherTopic(tx: WriteTransaction, current: string, topic: string, replaceTopic: boolean) {
  const macs = await countEnrolledOn(tx, current);
  const words = `This certificate is for the topic ${topic}, and the one in use is for ${current}. `;
  if (macs > 0) {
    throw new PomonaError(
      "conflict",
      replaceTopic ? "push.topic-in-use" : "push.topic-changed",
      words +
        `${macs === 1 ? "One Mac is" : `${macs} Macs are`} enrolled on it. With another topic none of them could ever be ` +
        "woken again, and each would have to be enrolled anew. In Apple's portal choose Renew for the certificate that " +
        "you have, not Create.",
      { detail: { macs } },
    );
  }
  if (replaceTopic) return;
  throw new PomonaError(
    "conflict",
    "push.topic-changed",
    words +
      "In Apple's portal choose Renew for the certificate that you have, not Create. No Mac is enrolled on the old topic: " +
      "to change it all the same, say so with replaceTopic.",
    { detail: { macs } },
  );
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
