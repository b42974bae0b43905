import { signatureAlgorithmOf } from "../algorithms.ts";
import { equalBytes, toHex } from "../bytes.ts";
import { rawOf } from "../der/element.ts";
import { integerOctets, smallInteger } from "../der/integer.ts";
import { decodeOid } from "../der/oid.ts";
import { readDer } from "../der/read-der.ts";
import { DerReader } from "../der/reader.ts";
import { contextPrimitiveTag, contextTag, TAG } from "../der/tags.ts";
import { decodeTime } from "../der/time.ts";
import { PkiError } from "../pki-error.ts";
import type { Certificate } from "./certificate.ts";
import { decodeExtensions, parseExtensions } from "./extensions.ts";
import { parseName } from "./name.ts";
import { bitStringOctets, readPublicKeyInfo } from "./public-key-info.ts";

/** Parses one DER certificate (RFC 5280 section 4.1); nothing is verified. Throws PkiError `der.*` or `x509.*`. */
export function parseCertificate(der: Uint8Array): Certificate {
  const outer = readDer(der);
  const certificate = outer.enter(TAG.sequence);
  outer.finish();
  const tbsElement = certificate.read(TAG.sequence);
  const algorithm = rawOf(certificate.read(TAG.sequence));
  const signature = bitStringOctets(certificate.read(TAG.bitString));
  certificate.finish();

  const tbs = new DerReader(der, tbsElement.contentOffset, tbsElement.end);
  const version = tbs.enterIf(contextTag(0));
  if (version && smallInteger(version.read(TAG.integer)) > 2)
    throw new PkiError("x509.version", "unknown certificate version");
  const serial = integerOctets(tbs.read(TAG.integer));
  // RFC 5280 section 4.1.1.2: only the inner one is signed.
  if (!equalBytes(rawOf(tbs.read(TAG.sequence)), algorithm))
    throw new PkiError("x509.algorithm", "the two signature algorithms differ");
  const issuer = parseName(tbs.read(TAG.sequence));
  const validity = tbs.enter(TAG.sequence);
  const notBefore = decodeTime(validity.read());
  const notAfter = decodeTime(validity.read());
  validity.finish();
  const subject = parseName(tbs.read(TAG.sequence));
  const { spki, keyType, keyBits } = readPublicKeyInfo(tbs);
  tbs.readIf(contextPrimitiveTag(1));
  tbs.readIf(contextPrimitiveTag(2));
  const extensionList = tbs.enterIf(contextTag(3))?.enter(TAG.sequence);
  tbs.finish();
  const extensions = extensionList ? parseExtensions(extensionList) : [];
  const signatureOid = decodeOid(new DerReader(algorithm).enter(TAG.sequence).read(TAG.oid));
  return {
    raw: der,
    tbs: rawOf(tbsElement),
    serialHex: toHex(serial),
    issuer,
    subject,
    spki,
    keyType,
    keyBits,
    notBefore,
    notAfter,
    signatureAlgorithm: signatureAlgorithmOf(signatureOid),
    signatureOid,
    signature,
    extensions,
    ...decodeExtensions(extensions),
  };
}
