import { toHex } from "../bytes.ts";
import { PkiError } from "../pki-error.ts";
import { contentOf, type DerElement, rawOf } from "./element.ts";
import { TAG } from "./tags.ts";
import { derElement } from "./write.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The text of any string type; Teletex is read as Latin-1, as everyone does. Throws PkiError `der.text`. */
export function decodeText(element: DerElement): string {
  const content = contentOf(element);
  switch (element.tag) {
    case TAG.utf8String:
      try {
        return utf8.decode(content);
      } catch (cause) {
        throw new PkiError("der.text", "malformed UTF-8", { cause });
      }
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.visibleString:
    case TAG.numericString:
      return decodeAscii(content);
    case TAG.teletexString:
      return fromCodes(content);
    case TAG.bmpString:
      if (content.length % 2 !== 0) throw new PkiError("der.text", "malformed BMPString");
      return fromCodes(
        Array.from(
          { length: content.length / 2 },
          (_, i) => ((content[2 * i] as number) << 8) | (content[2 * i + 1] as number),
        ),
      );
    default:
      throw new PkiError("der.text", "expected a string");
  }
}

/** As `decodeText`; what is no text comes back as `#` and the element in hex (RFC 4514 section 2.4). */
export function decodeTextOrHex(element: DerElement): string {
  try {
    return decodeText(element);
  } catch {
    return `#${toHex(rawOf(element))}`;
  }
}

/** Seven-bit text of an implicitly tagged string. */
export function decodeAscii(content: Uint8Array): string {
  if (content.some((octet) => octet >= 0x80)) throw new PkiError("der.text", "not ASCII");
  return fromCodes(content);
}

export function derUtf8String(text: string): Uint8Array {
  return derElement(TAG.utf8String, encoder.encode(text));
}

export function derAsciiString(tag: number, text: string): Uint8Array {
  return derElement(tag, encodeAscii(text));
}

/** Throws PkiError `der.text` unless the text is seven-bit. */
export function encodeAscii(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length !== text.length) throw new PkiError("der.text", "only ASCII fits here");
  return bytes;
}

/** Whether the text fits a PrintableString (X.680 section 41.4). */
export function isPrintable(text: string): boolean {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
}

// In slices: spreading a long array into one call overflows the stack.
function fromCodes(codes: ArrayLike<number>): string {
  let text = "";
  for (let i = 0; i < codes.length; i += 1024)
    text += String.fromCharCode(...(Array.prototype.slice.call(codes, i, i + 1024) as number[]));
  return text;
}
