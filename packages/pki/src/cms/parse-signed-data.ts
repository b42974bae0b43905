import { contentOf, rawOf } from "../der/element.ts";
import { decodeOid } from "../der/oid.ts";
import type { DerReader } from "../der/reader.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { readCertificateIdentifier } from "./certificate-identifier.ts";
import { openContentInfo } from "./content-info.ts";
import type { SignedData, SignerInfo } from "./signed-data.ts";

/** More signers or certificates than any real message carries. */
const itemLimit = 64;

/** Parses a CMS SignedData (RFC 5652 section 5.1), DER or BER; nothing is verified. Throws PkiError `der.*` or `cms.*`. */
export function parseSignedData(bytes: Uint8Array): SignedData {
  return openContentInfo(bytes, OID.signedData, readSignedData);
}

function readSignedData(reader: DerReader): SignedData {
  reader.read(TAG.integer);
  reader.read(TAG.set);
  const encapsulated = reader.enter(TAG.sequence);
  const contentType = decodeOid(encapsulated.read(TAG.oid));
  const wrapper = encapsulated.enterIf(contextTag(0));
  encapsulated.finish();
  const content = wrapper && contentOf(wrapper.read(TAG.octetString));
  wrapper?.finish();
  const certificates = readCertificates(reader.enterIf(contextTag(0)));
  reader.readIf(contextTag(1));
  const list = reader.enter(TAG.set);
  const signers: SignerInfo[] = [];
  while (!list.isDone) {
    if (signers.length === itemLimit) throw new PkiError("cms.size", "too many signers");
    signers.push(readSignerInfo(list.enter(TAG.sequence)));
  }
  return { contentType, content, certificates, signers };
}

function readCertificates(list: DerReader | undefined): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  while (list && !list.isDone) {
    const element = list.read();
    // Attribute certificates and other formats ([0] to [3]) are none of ours.
    if (element.tag !== TAG.sequence) continue;
    if (certificates.length === itemLimit) throw new PkiError("cms.size", "too many certificates");
    certificates.push(rawOf(element));
  }
  return certificates;
}

function readSignerInfo(reader: DerReader): SignerInfo {
  reader.read(TAG.integer);
  const signer = readCertificateIdentifier(reader);
  const digestOid = decodeOid(reader.enter(TAG.sequence).read(TAG.oid));
  const attributes = reader.readIf(contextTag(0));
  const signatureOid = decodeOid(reader.enter(TAG.sequence).read(TAG.oid));
  const signature = contentOf(reader.read(TAG.octetString));
  reader.readIf(contextTag(1));
  reader.finish();
  return { signer, digestOid, signatureOid, signedAttributes: attributes && rawOf(attributes), signature };
}
