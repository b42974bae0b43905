import { cipherOf, ciphers } from "../algorithms.ts";
import { concatBytes } from "../bytes.ts";
import type { Cipher, Crypto, PrivateKeyHandle } from "../crypto.ts";
import { contentOf } from "../der/element.ts";
import { decodeOid } from "../der/oid.ts";
import type { DerReader } from "../der/reader.ts";
import { contextPrimitiveTag, contextTag, TAG } from "../der/tags.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "../x509/certificate.ts";
import { identifies, readCertificateIdentifier } from "./certificate-identifier.ts";
import { openContentInfo } from "./content-info.ts";
import type { CertificateIdentifier } from "./signed-data.ts";

export interface OpenedEnvelope {
  readonly content: Uint8Array;
  readonly cipher: Cipher;
}

/**
 * Decrypts a CMS EnvelopedData, DER or BER, that was encrypted to this RSA certificate. Throws PkiError `cms.recipient`
 * (not for us), `cms.cipher` (unsupported), or `cms.decrypt` for a wrong key and wrong content alike.
 */
export function openEnvelopedData(
  crypto: Crypto,
  bytes: Uint8Array,
  recipient: Certificate,
  key: PrivateKeyHandle,
  options: { readonly allowDes?: boolean } = {},
): OpenedEnvelope {
  const envelope = openContentInfo(bytes, OID.envelopedData, readEnvelopedData);
  const own = envelope.recipients.find(({ identifier }) => identifies(identifier, recipient.raw));
  if (own === undefined) throw new PkiError("cms.recipient", "the message is encrypted to somebody else");
  const cipher = cipherOf(envelope.cipherOid);
  if (cipher === undefined || (cipher === "des-cbc" && options.allowDes !== true)) {
    throw new PkiError("cms.cipher", "the message is encrypted with an unsupported cipher");
  }
  const { keyLength, blockLength } = ciphers[cipher];
  if (envelope.iv.length !== blockLength)
    throw new PkiError("cms.cipher", "the initialisation vector has the wrong length");
  const contentKey = crypto.unwrapKey(key, own.wrappedKey, keyLength);
  try {
    return { content: crypto.decrypt(cipher, contentKey, envelope.iv, envelope.ciphertext), cipher };
  } catch (error) {
    if (error instanceof PkiError) throw new PkiError("cms.decrypt", "the message could not be decrypted");
    throw error;
  }
}

interface Envelope {
  readonly recipients: readonly { readonly identifier: CertificateIdentifier; readonly wrappedKey: Uint8Array }[];
  readonly cipherOid: string;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

function readEnvelopedData(reader: DerReader): Envelope {
  reader.read(TAG.integer);
  reader.readIf(contextTag(0));
  const recipients = readRecipients(reader.enter(TAG.set));
  const encrypted = reader.enter(TAG.sequence);
  encrypted.read(TAG.oid);
  const algorithm = encrypted.enter(TAG.sequence);
  const cipherOid = decodeOid(algorithm.read(TAG.oid));
  // A cipher with other parameters (RC2, GCM) is refused for its OID; its parameters need not be understood.
  const iv = algorithm.readIf(TAG.octetString);
  const ciphertext = readCiphertext(encrypted);
  encrypted.finish();
  reader.readIf(contextTag(1));
  return { recipients, cipherOid, iv: iv ? contentOf(iv) : new Uint8Array(0), ciphertext };
}

function readRecipients(list: DerReader): Envelope["recipients"] {
  const recipients: Envelope["recipients"][number][] = [];
  while (!list.isDone) {
    // Key agreement and other kinds of recipient are tagged [1] to [4].
    if (list.peekTag() !== TAG.sequence) {
      list.read();
      continue;
    }
    const info = list.enter(TAG.sequence);
    info.read(TAG.integer);
    const identifier = readCertificateIdentifier(info);
    const isKeyTransport = decodeOid(info.enter(TAG.sequence).read(TAG.oid)) === OID.rsaEncryption;
    const wrappedKey = contentOf(info.read(TAG.octetString));
    info.finish();
    if (isKeyTransport) recipients.push({ identifier, wrappedKey });
  }
  return recipients;
}

// [0] IMPLICIT OCTET STRING, which streaming writers (Apple's portals) cut into pieces.
function readCiphertext(reader: DerReader): Uint8Array {
  const whole = reader.readIf(contextPrimitiveTag(0));
  if (whole) return contentOf(whole);
  const pieces = reader.enter(contextTag(0));
  const parts: Uint8Array[] = [];
  while (!pieces.isDone) parts.push(contentOf(pieces.read(TAG.octetString)));
  return concatBytes(parts);
}
