import { equalBytes, fromHex } from "../bytes.ts";
import { contentOf, rawOf } from "../der/element.ts";
import { integerOctets } from "../der/integer.ts";
import { DerReader } from "../der/reader.ts";
import { contextPrimitiveTag, contextTag, TAG } from "../der/tags.ts";
import { derElement, derSequence } from "../der/write.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "../x509/certificate.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import type { CertificateIdentifier } from "./signed-data.ts";

/** Reads a SignerIdentifier or RecipientIdentifier. */
export function readCertificateIdentifier(reader: DerReader): CertificateIdentifier {
  const keyId = reader.readIf(contextPrimitiveTag(0));
  if (keyId) return { kind: "subject-key-id", keyId: contentOf(keyId) };
  const pair = reader.enter(TAG.sequence);
  const issuer = rawOf(pair.read(TAG.sequence));
  const serial = integerOctets(pair.read(TAG.integer));
  pair.finish();
  return { kind: "issuer-and-serial", issuer, serial };
}

/** IssuerAndSerialNumber of a certificate. */
export function derCertificateIdentifier(certificate: Certificate): Uint8Array {
  return derSequence(certificate.issuer.der, derElement(TAG.integer, fromHex(certificate.serialHex)));
}

/** Whether the identifier means this certificate. By issuer and serial number the certificate is not parsed, only walked. */
export function identifies(identifier: CertificateIdentifier, certificate: Uint8Array): boolean {
  try {
    if (identifier.kind === "subject-key-id") {
      const { ski } = parseCertificate(certificate);
      return ski !== undefined && equalBytes(ski, identifier.keyId);
    }
    const tbs = openTbs(certificate);
    if (!equalBytes(contentOf(tbs.read(TAG.integer)), identifier.serial)) return false;
    tbs.read(TAG.sequence);
    return equalBytes(rawOf(tbs.read(TAG.sequence)), identifier.issuer);
  } catch (error) {
    // A certificate beside the point that we cannot read does not spoil the message.
    if (error instanceof PkiError) return false;
    throw error;
  }
}

/** SubjectPublicKeyInfo of a certificate, without parsing the rest. */
export function locatePublicKey(certificate: Uint8Array): Uint8Array {
  const tbs = openTbs(certificate);
  tbs.read(TAG.integer);
  // Signature algorithm, issuer, validity, subject.
  for (let i = 0; i < 4; i++) tbs.read(TAG.sequence);
  return rawOf(tbs.read(TAG.sequence));
}

function openTbs(certificate: Uint8Array): DerReader {
  const tbs = new DerReader(certificate).enter(TAG.sequence).enter(TAG.sequence);
  tbs.readIf(contextTag(0));
  return tbs;
}
