import { derSignatureAlgorithm, signatureAlgorithmFor } from "../algorithms.ts";
import type { Crypto, PrivateKeyHandle } from "../crypto.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { derAsciiString, derUtf8String, isPrintable } from "../der/text.ts";
import { derBitString, derInteger, derOid, derSequence, derSetOf } from "../der/write.ts";
import { OID } from "../oids.ts";
import { encodeAlternativeNames } from "../x509/alternative-names.ts";
import { derExtension } from "../x509/encode-extensions.ts";
import { encodeName } from "../x509/name.ts";
import type { CertificateRequestSpec } from "./certificate-request.ts";

/** Makes a PKCS#10 request (RFC 2986), signed with the key that is to be certified, and returns its DER. */
export function createCertificateRequest(
  crypto: Crypto,
  key: PrivateKeyHandle,
  spec: CertificateRequestSpec,
): Uint8Array {
  const algorithm = signatureAlgorithmFor(crypto, key, spec.digest);
  const names = encodeAlternativeNames(spec);
  const attributes: Uint8Array[] = [];
  if (spec.challengePassword !== undefined)
    attributes.push(derAttribute(OID.challengePassword, directoryString(spec.challengePassword)));
  if (names)
    attributes.push(derAttribute(OID.extensionRequest, derSequence(derExtension(OID.subjectAltName, false, names))));
  const info = derSequence(
    derInteger(0),
    encodeName(spec.subject),
    crypto.publicKeyOf(key),
    derSetOf(attributes, contextTag(0)),
  );
  return derSequence(info, derSignatureAlgorithm(algorithm), derBitString(crypto.sign(key, algorithm, info)));
}

function derAttribute(oid: string, value: Uint8Array): Uint8Array {
  return derSequence(derOid(oid), derSetOf([value]));
}

// RFC 2985 section 5.4.1 asks for PrintableString where it suffices.
function directoryString(text: string): Uint8Array {
  return isPrintable(text) ? derAsciiString(TAG.printableString, text) : derUtf8String(text);
}
