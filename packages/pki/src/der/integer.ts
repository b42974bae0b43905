import { PkiError } from "../pki-error.ts";
import { contentOf, type DerElement } from "./element.ts";

/** The content octets of an INTEGER as they stand (serial numbers are compared so). */
export function integerOctets(element: DerElement): Uint8Array {
  const content = contentOf(element);
  if (content.length === 0) throw new PkiError("der.integer", "an INTEGER is empty");
  return content;
}

/** A small unsigned INTEGER: versions, path lengths. */
export function smallInteger(element: DerElement): number {
  const octets = integerOctets(element);
  if (octets.length > 4 || (octets[0] as number) >= 0x80)
    throw new PkiError("der.integer", "an INTEGER is out of range");
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}
