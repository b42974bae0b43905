import { compareBytes } from "../bytes.ts";
import { PkiError } from "../pki-error.ts";
import { encodeOid } from "./oid.ts";
import { contextTag, TAG } from "./tags.ts";

/** An element of any tag with the parts as content. */
export function derElement(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const octets = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4;
  const element = new Uint8Array(2 + octets + length);
  element[0] = tag;
  element[1] = octets === 0 ? length : 0x80 | octets;
  for (let i = 0; i < octets; i++) element[2 + i] = Math.floor(length / 256 ** (octets - 1 - i)) & 0xff;
  let offset = 2 + octets;
  for (const part of parts) {
    element.set(part, offset);
    offset += part.length;
  }
  return element;
}

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return derElement(TAG.sequence, ...parts);
}

/** A SET OF, its elements in DER order. */
export function derSetOf(parts: readonly Uint8Array[], tag: number = TAG.set): Uint8Array {
  return derElement(tag, ...parts.toSorted(compareBytes));
}

/** `[number]` around whole elements. */
export function derExplicit(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return derElement(contextTag(number), ...parts);
}

export function derBoolean(value: boolean): Uint8Array {
  return derElement(TAG.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** An unsigned integer, from a number or from big-endian octets (shortened or padded as DER demands). */
export function derInteger(value: number | Uint8Array): Uint8Array {
  const octets = typeof value === "number" ? numberOctets(value) : value;
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start++;
  const digits = octets.length === 0 ? Uint8Array.of(0) : octets.subarray(start);
  return (digits[0] as number) >= 0x80
    ? derElement(TAG.integer, Uint8Array.of(0), digits)
    : derElement(TAG.integer, digits);
}

function numberOctets(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new PkiError("der.integer", "not an unsigned integer");
  return new Uint8Array(8).map((_, i) => Math.floor(value / 256 ** (7 - i)) & 0xff);
}

export function derOctetString(...parts: readonly Uint8Array[]): Uint8Array {
  return derElement(TAG.octetString, ...parts);
}

/** A BIT STRING of whole octets. */
export function derBitString(bytes: Uint8Array): Uint8Array {
  return derElement(TAG.bitString, Uint8Array.of(0), bytes);
}

/** A BIT STRING of named bits, trailing zero bits removed (X.690 section 11.2.2). */
export function derNamedBits(bits: readonly number[]): Uint8Array {
  if (bits.length === 0) return derElement(TAG.bitString, Uint8Array.of(0));
  const highest = Math.max(...bits);
  const octets = new Uint8Array((highest >> 3) + 1);
  for (const bit of bits) octets[bit >> 3] = (octets[bit >> 3] as number) | (0x80 >> (bit & 7));
  return derElement(TAG.bitString, Uint8Array.of(7 - (highest & 7)), octets);
}

export function derNull(): Uint8Array {
  return Uint8Array.of(TAG.null, 0);
}

export function derOid(oid: string): Uint8Array {
  return derElement(TAG.oid, encodeOid(oid));
}

/** AlgorithmIdentifier; parameters are left out unless given. */
export function derAlgorithm(oid: string, parameters?: Uint8Array): Uint8Array {
  return parameters === undefined ? derSequence(derOid(oid)) : derSequence(derOid(oid), parameters);
}
