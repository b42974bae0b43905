import { decodeBoolean } from "../der/boolean.ts";
import { contentOf } from "../der/element.ts";
import { smallInteger } from "../der/integer.ts";
import { decodeOid } from "../der/oid.ts";
import { readDer } from "../der/read-der.ts";
import type { DerReader } from "../der/reader.ts";
import { contextPrimitiveTag, TAG } from "../der/tags.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { noAlternativeNames, parseAlternativeNames } from "./alternative-names.ts";
import type { AlternativeNames, Certificate, CertificateExtension } from "./certificate.ts";
import { keyUsages } from "./key-usages.ts";

/** Extensions (RFC 5280 section 4.2) from a reader over their SEQUENCE; the same one twice is refused. */
export function parseExtensions(reader: DerReader): readonly CertificateExtension[] {
  const extensions: CertificateExtension[] = [];
  const seen = new Set<string>();
  while (!reader.isDone) {
    const entry = reader.enter(TAG.sequence);
    const oid = decodeOid(entry.read(TAG.oid));
    const critical = entry.readIf(TAG.boolean);
    const value = contentOf(entry.read(TAG.octetString));
    entry.finish();
    if (seen.has(oid)) throw new PkiError("x509.extension", `extension ${oid} appears twice`);
    seen.add(oid);
    extensions.push({ oid, isCritical: critical !== undefined && decodeBoolean(critical), value });
  }
  return extensions;
}

type Decoded = Pick<Certificate, "isCa" | "pathLength" | "keyUsage" | "extendedKeyUsage" | "ski" | "aki"> &
  AlternativeNames;

/** The extensions that this package understands. */
export function decodeExtensions(extensions: readonly CertificateExtension[]): Decoded {
  const value = (oid: string) => extensions.find((extension) => extension.oid === oid)?.value;
  const decode = <T>(oid: string, parse: (reader: DerReader) => T): T | undefined => {
    const der = value(oid);
    if (der === undefined) return undefined;
    const reader = readDer(der);
    const decoded = parse(reader);
    reader.finish();
    return decoded;
  };
  const constraints = decode(OID.basicConstraints, parseBasicConstraints);
  const names = value(OID.subjectAltName);
  return {
    isCa: constraints?.isCa ?? false,
    pathLength: constraints?.pathLength,
    keyUsage: decode(OID.keyUsage, parseKeyUsage),
    extendedKeyUsage: decode(OID.extendedKeyUsage, parseExtendedKeyUsage),
    ski: decode(OID.subjectKeyIdentifier, (reader) => contentOf(reader.read(TAG.octetString))),
    aki: decode(OID.authorityKeyIdentifier, parseAuthorityKeyIdentifier),
    ...(names === undefined ? noAlternativeNames : parseAlternativeNames(names)),
  };
}

function parseBasicConstraints(outer: DerReader): { isCa: boolean; pathLength: number | undefined } {
  const reader = outer.enter(TAG.sequence);
  const ca = reader.readIf(TAG.boolean);
  const length = reader.readIf(TAG.integer);
  reader.finish();
  return { isCa: ca !== undefined && decodeBoolean(ca), pathLength: length && smallInteger(length) };
}

function parseKeyUsage(reader: DerReader): NonNullable<Certificate["keyUsage"]> {
  const [, ...octets] = contentOf(reader.read(TAG.bitString));
  return keyUsages.filter((_, bit) => ((octets[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

function parseExtendedKeyUsage(outer: DerReader): readonly string[] {
  const reader = outer.enter(TAG.sequence);
  const oids: string[] = [];
  while (!reader.isDone) oids.push(decodeOid(reader.read(TAG.oid)));
  return oids;
}

function parseAuthorityKeyIdentifier(outer: DerReader): Uint8Array | undefined {
  const keyId = outer.enter(TAG.sequence).readIf(contextPrimitiveTag(0));
  return keyId && contentOf(keyId);
}
