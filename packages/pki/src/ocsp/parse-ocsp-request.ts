import { digestOf } from "../algorithms.ts";
import { toHex } from "../bytes.ts";
import type { Crypto, DigestAlgorithm } from "../crypto.ts";
import { contentOf, rawOf } from "../der/element.ts";
import { integerOctets } from "../der/integer.ts";
import { decodeOid } from "../der/oid.ts";
import { readDer } from "../der/read-der.ts";
import { DerReader } from "../der/reader.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "../x509/certificate.ts";
import { parseExtensions } from "../x509/extensions.ts";
import { parsePublicKeyInfo } from "../x509/public-key-info.ts";
import type { OcspCertId, OcspRequest } from "./messages.ts";

/** More than one asker ever has questions at once; each costs a look-up. */
const mostIds = 32;
/** A request of that many questions has about 3 kB. */
const mostBytes = 16_384;

/** Parses an OCSPRequest (RFC 6960 section 4.1.1). Throws PkiError `der.*` or `ocsp.request`. */
export function parseOcspRequest(bytes: Uint8Array): OcspRequest {
  if (bytes.length > mostBytes) throw new PkiError("ocsp.request", "the OCSP request is too long");
  const outer = readDer(bytes);
  const request = outer.enter(TAG.sequence);
  outer.finish();
  const tbs = request.enter(TAG.sequence);
  request.readIf(contextTag(0));
  request.finish();
  tbs.readIf(contextTag(0));
  tbs.readIf(contextTag(1));
  const list = tbs.enter(TAG.sequence);
  const ids: OcspCertId[] = [];
  while (!list.isDone) {
    if (ids.length === mostIds) throw new PkiError("ocsp.request", "the OCSP request asks for too much");
    ids.push(readQuestion(list.enter(TAG.sequence)));
  }
  if (ids.length === 0) throw new PkiError("ocsp.request", "the OCSP request asks for nothing");
  const wrapper = tbs.enterIf(contextTag(2));
  const nonce = wrapper && readNonce(wrapper.enter(TAG.sequence));
  wrapper?.finish();
  tbs.finish();
  return { ids, nonce };
}

/** What a CertID names an issuer by, with one digest. */
export function issuerHashes(crypto: Crypto, issuer: Certificate, digest: DigestAlgorithm) {
  return {
    name: crypto.digest(digest, issuer.subject.der),
    key: crypto.digest(digest, parsePublicKeyInfo(issuer.spki).keyOctets),
  };
}

function readQuestion(question: DerReader): OcspCertId {
  const element = question.read(TAG.sequence);
  // Extensions of a single question ask for nothing that we have.
  question.readIf(contextTag(0));
  question.finish();
  const id = new DerReader(element.bytes, element.contentOffset, element.end);
  const digest = digestOf(decodeOid(id.enter(TAG.sequence).read(TAG.oid)));
  const issuerNameHash = contentOf(id.read(TAG.octetString));
  const issuerKeyHash = contentOf(id.read(TAG.octetString));
  const serial = integerOctets(id.read(TAG.integer));
  id.finish();
  if (serial.length > 21 || issuerNameHash.length > 64 || issuerKeyHash.length > 64)
    throw new PkiError("ocsp.request", "a CertID is out of bounds");
  return { digest, issuerNameHash, issuerKeyHash, serialHex: toHex(serial), der: rawOf(element) };
}

function readNonce(reader: DerReader): Uint8Array | undefined {
  const value = parseExtensions(reader).find(({ oid }) => oid === OID.ocspNonce)?.value;
  if (value === undefined) return undefined;
  const inner = readDer(value);
  const nonce = contentOf(inner.read(TAG.octetString));
  inner.finish();
  // RFC 9654 section 2.1.
  if (nonce.length === 0 || nonce.length > 128) throw new PkiError("ocsp.request", "the nonce is out of bounds");
  return nonce;
}
