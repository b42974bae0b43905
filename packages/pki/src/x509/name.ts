import { type DerElement, rawOf } from "../der/element.ts";
import { decodeOid } from "../der/oid.ts";
import { DerReader } from "../der/reader.ts";
import { TAG } from "../der/tags.ts";
import { decodeTextOrHex, derAsciiString, derUtf8String, isPrintable } from "../der/text.ts";
import { derOid, derSequence, derSetOf } from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { DistinguishedName, NameAttribute, NameAttributeType, NameSpec } from "./name-types.ts";

const attributeOids: Readonly<Record<NameAttributeType, string>> = {
  CN: OID.commonName,
  SN: OID.surname,
  serialNumber: OID.serialNumber,
  C: OID.country,
  L: OID.locality,
  ST: OID.state,
  O: OID.organization,
  OU: OID.organizationalUnit,
  T: OID.title,
  GN: OID.givenName,
  UID: OID.userId,
  DC: OID.domainComponent,
  emailAddress: OID.emailAddress,
};

const typeByOid: ReadonlyMap<string, string> = new Map(Object.entries(attributeOids).map(([type, oid]) => [oid, type]));

/** Types whose string type is fixed by RFC 5280 appendix A; all others are UTF8String. */
const asciiTags: Readonly<Partial<Record<NameAttributeType, number>>> = {
  C: TAG.printableString,
  serialNumber: TAG.printableString,
  DC: TAG.ia5String,
  emailAddress: TAG.ia5String,
};

/** A Name (RFC 5280 section 4.1.2.4) from its SEQUENCE element. */
export function parseName(element: DerElement): DistinguishedName {
  const reader = new DerReader(element.bytes, element.contentOffset, element.end);
  const rdns: (readonly NameAttribute[])[] = [];
  while (!reader.isDone) {
    const set = reader.enter(TAG.set);
    const attributes: NameAttribute[] = [];
    while (!set.isDone) attributes.push(parseAttribute(set.enter(TAG.sequence)));
    rdns.push(attributes);
  }
  return { der: rawOf(element), rdns, text: rdns.map((rdn) => rdn.map(formatAttribute).join("+")).join(",") };
}

/** The first value of a type, such as the CN. */
export function nameValue(name: DistinguishedName, type: NameAttributeType): string | undefined {
  for (const rdn of name.rdns) for (const attribute of rdn) if (attribute.type === type) return attribute.value;
  return undefined;
}

/** DER of a name to be; a name that was parsed comes out as it was. */
export function encodeName(name: NameSpec | DistinguishedName): Uint8Array {
  if (isParsedName(name)) return name.der;
  const rdns: Uint8Array[] = [];
  for (const [type, values] of Object.entries(name) as [NameAttributeType, string | readonly string[] | undefined][]) {
    for (const value of typeof values === "string" ? [values] : (values ?? []))
      rdns.push(derSetOf([encodeAttribute(type, value)]));
  }
  return derSequence(...rdns);
}

function isParsedName(name: NameSpec | DistinguishedName): name is DistinguishedName {
  return "der" in name;
}

function parseAttribute(reader: DerReader): NameAttribute {
  const oid = decodeOid(reader.read(TAG.oid));
  const value = decodeTextOrHex(reader.read());
  reader.finish();
  return { oid, type: typeByOid.get(oid) ?? oid, value };
}

function encodeAttribute(type: NameAttributeType, value: string): Uint8Array {
  const oid = attributeOids[type];
  if (oid === undefined) throw new PkiError("x509.name", `unknown name attribute ${type}`);
  const tag = asciiTags[type];
  if (tag === TAG.printableString && !isPrintable(value))
    throw new PkiError("x509.name", `${type} takes a PrintableString`);
  return derSequence(derOid(oid), tag === undefined ? derUtf8String(value) : derAsciiString(tag, value));
}

function formatAttribute({ type, value }: NameAttribute): string {
  return `${type}=${value.replace(/[,+"\\<>;]|^[# ]| $/g, "\\$&")}`;
}
