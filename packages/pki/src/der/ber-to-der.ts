import { concatBytes } from "../bytes.ts";
import { PkiError } from "../pki-error.ts";
import { nestingLimit } from "./element.ts";
import { TAG } from "./tags.ts";
import { derElement } from "./write.ts";

/** More elements than any CMS message needs; each costs an object while it is converted. */
const elementLimit = 65_536;

const constructedOctetString = TAG.octetString | 0x20;

/**
 * Rewrites BER as DER where the two differ in framing: indefinite and long lengths, constructed OCTET STRINGs. Order of
 * sets and values are kept, so that what was DER inside (a certificate, signed attributes) comes out byte for byte.
 * Messages from Apple's portals and streaming signers need it. Throws PkiError `der.*`.
 */
export function berToDer(bytes: Uint8Array, maxDepth: number = nestingLimit): Uint8Array {
  const source: Source = { bytes, position: 0, elements: 0, maxDepth };
  const der = convert(source, bytes.length, 0);
  if (source.position !== bytes.length) throw new PkiError("der.trailing", "unexpected bytes after an ASN.1 value");
  return der;
}

interface Source {
  readonly bytes: Uint8Array;
  readonly maxDepth: number;
  position: number;
  elements: number;
}

function convert(source: Source, end: number, depth: number): Uint8Array {
  if (depth > source.maxDepth) throw new PkiError("der.depth", `ASN.1 is nested deeper than ${source.maxDepth} levels`);
  if (++source.elements > elementLimit) throw new PkiError("der.size", "ASN.1 holds too many elements");
  const { tag, length } = readHeader(source, end);
  const isConstructed = (tag & 0x20) !== 0;
  if (!isConstructed) {
    if (length === undefined) throw new PkiError("der.length", "a primitive element needs a definite length");
    const content = source.bytes.subarray(source.position, source.position + length);
    source.position += length;
    return derElement(tag, content);
  }
  const children: Uint8Array[] = [];
  const stop = length === undefined ? end : source.position + length;
  for (;;) {
    if (length !== undefined && source.position === stop) break;
    if (length === undefined && isEndOfContents(source, stop)) break;
    children.push(convert(source, stop, depth + 1));
  }
  return tag === constructedOctetString
    ? derElement(TAG.octetString, ...children.map(octets))
    : derElement(tag, concatBytes(children));
}

function isEndOfContents(source: Source, end: number): boolean {
  if (source.position + 2 > end) throw new PkiError("der.truncated", "ASN.1 ends within an element");
  if (source.bytes[source.position] !== 0 || source.bytes[source.position + 1] !== 0) return false;
  source.position += 2;
  return true;
}

function readHeader(source: Source, end: number): { tag: number; length: number | undefined } {
  if (source.position + 2 > end) throw new PkiError("der.truncated", "ASN.1 ends within an element");
  const tag = source.bytes[source.position++] as number;
  if ((tag & 0x1f) === 0x1f || tag === 0) throw new PkiError("der.tag", "unexpected ASN.1 tag");
  const first = source.bytes[source.position++] as number;
  if (first === 0x80) return { tag, length: undefined };
  let length = first;
  if (first > 0x80) {
    const octets = first & 0x7f;
    if (octets > 8 || source.position + octets > end) throw new PkiError("der.length", "ASN.1 length is out of bounds");
    length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + (source.bytes[source.position++] as number);
  }
  if (length > end - source.position) throw new PkiError("der.length", "ASN.1 length exceeds what is there");
  return { tag, length };
}

/** The content of an OCTET STRING that `convert` has made. */
function octets(element: Uint8Array): Uint8Array {
  if (element[0] !== TAG.octetString) throw new PkiError("der.tag", "a constructed OCTET STRING holds something else");
  const first = element[1] as number;
  return element.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}
