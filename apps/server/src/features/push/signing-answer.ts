import {
  type Crypto,
  decodePem,
  encodePem,
  issueCertificate,
  openEnvelopedData,
  PkiError,
  parseCertificate,
} from "@pomona/pki";
import { generateKeyPairInBackground, privateKeyFromPem, privateKeyToPem } from "@pomona/pki/node";
import { PomonaError } from "../../kernel/errors.ts";

const DAY_MS = 86_400_000;

/** A key for one answer of the signing service, and the certificate by which it encrypts to it. PEM. */
export interface AnswerKey {
  readonly certificate: string;
  readonly keyPem: string;
}

export async function makeAnswerKey(crypto: Crypto, now: number): Promise<AnswerKey> {
  const key = await generateKeyPairInBackground("rsa-2048");
  const der = issueCertificate(crypto, {
    issuer: { certificate: "self", key },
    subject: { O: "Pomona", CN: "answer of the signing service" },
    spki: crypto.publicKeyOf(key),
    notBefore: now - DAY_MS,
    notAfter: now + 60 * DAY_MS,
    extensions: { keyUsage: ["keyEncipherment"] },
  });
  return { certificate: encodePem("CERTIFICATE", der), keyPem: privateKeyToPem(key) };
}

/**
 * Opens the mailed answer: hex of a CMS EnvelopedData, in which is the base64 property list for Apple's portal.
 * @throws PomonaError `push.answer-unreadable`, `push.answer-not-ours`
 */
export function openAnswer(crypto: Crypto, key: AnswerKey, answer: string): string {
  const hex = answer.replaceAll(/\s/g, "");
  if (hex.length === 0 || hex.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(hex)) {
    throw new PomonaError(
      "invalid",
      "push.answer-unreadable",
      "The answer is a file of hexadecimal digits, as it was attached to the mail. This is something else.",
    );
  }
  const certificate = parseCertificate(decodePem(key.certificate, "CERTIFICATE")[0]!.der);
  try {
    const { content } = openEnvelopedData(crypto, Buffer.from(hex, "hex"), certificate, privateKeyFromPem(key.keyPem));
    return Buffer.from(content).toString("utf8");
  } catch (cause) {
    if (!(cause instanceof PkiError)) throw cause;
    throw new PomonaError(
      "invalid",
      "push.answer-not-ours",
      "This answer was not encrypted for this request. Use the mail that came after it was sent, or send it again.",
      { cause },
    );
  }
}
