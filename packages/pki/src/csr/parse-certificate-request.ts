import { signatureAlgorithmOf } from "../algorithms.ts";
import { type DerElement, rawOf } from "../der/element.ts";
import { smallInteger } from "../der/integer.ts";
import { decodeOid } from "../der/oid.ts";
import { readDer } from "../der/read-der.ts";
import { DerReader } from "../der/reader.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { decodeText } from "../der/text.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { noAlternativeNames, parseAlternativeNames } from "../x509/alternative-names.ts";
import { parseExtensions } from "../x509/extensions.ts";
import { parseName } from "../x509/name.ts";
import { bitStringOctets, readPublicKeyInfo } from "../x509/public-key-info.ts";
import type { CertificateRequest } from "./certificate-request.ts";

/** Parses a PKCS#10 request (RFC 2986); the signature is not yet verified. Throws PkiError `der.*`, `csr.*` or `x509.*`. */
export function parseCertificateRequest(der: Uint8Array): CertificateRequest {
  const outer = readDer(der);
  const request = outer.enter(TAG.sequence);
  outer.finish();
  const infoElement = request.read(TAG.sequence);
  const signatureOid = decodeOid(request.enter(TAG.sequence).read(TAG.oid));
  const signature = bitStringOctets(request.read(TAG.bitString));
  request.finish();

  const info = new DerReader(der, infoElement.contentOffset, infoElement.end);
  if (smallInteger(info.read(TAG.integer)) !== 0)
    throw new PkiError("csr.version", "unknown certificate request version");
  const subject = parseName(info.read(TAG.sequence));
  const { spki, keyType, keyBits } = readPublicKeyInfo(info);
  // Some writers leave the attributes out when there are none.
  const list = info.enterIf(contextTag(0));
  info.finish();
  const attributes = list ? parseAttributes(list) : new Map<string, DerElement>();
  const challenge = attributes.get(OID.challengePassword);
  const wishes = attributes.get(OID.extensionRequest);
  const extensions = wishes ? parseExtensions(new DerReader(der, wishes.offset, wishes.end).enter(TAG.sequence)) : [];
  const names = extensions.find((extension) => extension.oid === OID.subjectAltName);
  return {
    raw: der,
    info: rawOf(infoElement),
    subject,
    spki,
    keyType,
    keyBits,
    challengePassword: challenge && decodeText(challenge),
    extensions,
    ...(names ? parseAlternativeNames(names.value) : noAlternativeNames),
    signatureAlgorithm: signatureAlgorithmOf(signatureOid),
    signatureOid,
    signature,
  };
}

// Only the two that matter here must be single-valued; others (Microsoft's) may be of any shape.
function parseAttributes(list: DerReader): ReadonlyMap<string, DerElement> {
  const attributes = new Map<string, DerElement>();
  while (!list.isDone) {
    const attribute = list.enter(TAG.sequence);
    const oid = decodeOid(attribute.read(TAG.oid));
    const values = attribute.enter(TAG.set);
    attribute.finish();
    if (oid !== OID.challengePassword && oid !== OID.extensionRequest) continue;
    if (attributes.has(oid)) throw new PkiError("csr.attribute", `attribute ${oid} appears twice`);
    attributes.set(oid, values.read());
    values.finish();
  }
  return attributes;
}
