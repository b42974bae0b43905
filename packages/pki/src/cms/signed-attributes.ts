import { type DerElement, rawOf } from "../der/element.ts";
import { decodeOid } from "../der/oid.ts";
import { DerReader } from "../der/reader.ts";
import { contextTag, TAG } from "../der/tags.ts";
import { PkiError } from "../pki-error.ts";
import type { CmsAttribute } from "./signed-data.ts";

/** Calls back for each attribute of `SignerInfo.signedAttributes` with a reader over its values. */
export function walkSignedAttributes(
  signedAttributes: Uint8Array,
  visit: (oid: string, values: DerReader) => void,
): void {
  const outer = new DerReader(signedAttributes);
  const list = outer.enter(contextTag(0));
  outer.finish();
  while (!list.isDone) {
    const attribute = list.enter(TAG.sequence);
    const oid = decodeOid(attribute.read(TAG.oid));
    visit(oid, attribute.enter(TAG.set));
    attribute.finish();
  }
}

/** The attributes as data. Throws PkiError `der.*`. */
export function parseSignedAttributes(signedAttributes: Uint8Array): readonly CmsAttribute[] {
  const attributes: CmsAttribute[] = [];
  walkSignedAttributes(signedAttributes, (oid, reader) => {
    const values: Uint8Array[] = [];
    while (!reader.isDone) values.push(rawOf(reader.read()));
    attributes.push({ oid, values });
  });
  return attributes;
}

/** The one value of an attribute that must have one. */
export function singleValue(values: DerReader): DerElement {
  const value = values.read();
  if (!values.isDone) throw new PkiError("cms.attribute", "an attribute has several values");
  return value;
}
