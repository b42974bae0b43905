import { contextPrimitiveTag, contextTag } from "../der/tags.ts";
import { encodeAscii } from "../der/text.ts";
import {
  derBoolean,
  derElement,
  derExplicit,
  derInteger,
  derNamedBits,
  derOctetString,
  derOid,
  derSequence,
} from "../der/write.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import { encodeAlternativeNames } from "./alternative-names.ts";
import type { ExtensionsSpec } from "./issue-types.ts";
import { keyUsages } from "./key-usages.ts";

/** The Extensions SEQUENCE of a certificate to be issued. */
export function encodeExtensions(spec: ExtensionsSpec, ski: Uint8Array, aki: Uint8Array): Uint8Array {
  const names = encodeAlternativeNames(spec);
  const own = [
    derExtension(OID.basicConstraints, true, encodeBasicConstraints(spec.ca)),
    ...(spec.keyUsage
      ? [derExtension(OID.keyUsage, true, derNamedBits(spec.keyUsage.map((usage) => keyUsages.indexOf(usage))))]
      : []),
    ...(spec.extendedKeyUsage
      ? [derExtension(OID.extendedKeyUsage, false, derSequence(...spec.extendedKeyUsage.map(derOid)))]
      : []),
    ...(names ? [derExtension(OID.subjectAltName, false, names)] : []),
    derExtension(OID.subjectKeyIdentifier, false, derOctetString(ski)),
    derExtension(OID.authorityKeyIdentifier, false, derSequence(derElement(contextPrimitiveTag(0), aki))),
    ...encodeRevocationPointers(spec),
  ];
  const taken: readonly string[] = [
    OID.basicConstraints,
    OID.keyUsage,
    OID.extendedKeyUsage,
    OID.subjectAltName,
    OID.subjectKeyIdentifier,
    OID.authorityKeyIdentifier,
    OID.crlPointers,
    OID.authorityInfoAccess,
  ];
  const others = (spec.other ?? []).map(({ oid, isCritical, value }) => {
    if (taken.includes(oid)) throw new PkiError("x509.spec", `extension ${oid} has a field of its own`);
    return derExtension(oid, isCritical ?? false, value);
  });
  return derSequence(...own, ...others);
}

/** One Extension; `critical` is left out when false, as DER demands of defaults. */
export function derExtension(oid: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(derOid(oid), ...(isCritical ? [derBoolean(true)] : []), derOctetString(value));
}

const uri = (url: string): Uint8Array => derElement(contextPrimitiveTag(6), encodeAscii(url));

function encodeRevocationPointers({ crlUrls = [], ocspUrls = [], issuerUrls = [] }: ExtensionsSpec): Uint8Array[] {
  const point = (url: string) => derSequence(derExplicit(0, derElement(contextTag(0), uri(url))));
  const access = [
    ...ocspUrls.map((url) => derSequence(derOid(OID.accessOcsp), uri(url))),
    ...issuerUrls.map((url) => derSequence(derOid(OID.accessIssuers), uri(url))),
  ];
  return [
    ...(crlUrls.length === 0 ? [] : [derExtension(OID.crlPointers, false, derSequence(...crlUrls.map(point)))]),
    ...(access.length === 0 ? [] : [derExtension(OID.authorityInfoAccess, false, derSequence(...access))]),
  ];
}

function encodeBasicConstraints(ca: ExtensionsSpec["ca"]): Uint8Array {
  if (ca === undefined) return derSequence();
  return derSequence(derBoolean(true), ...(ca.pathLength === undefined ? [] : [derInteger(ca.pathLength)]));
}
