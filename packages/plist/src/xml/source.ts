import { PlistError } from "../error.ts";

/** A decoded XML document, and the way back from an index in its text to an offset in its bytes. */
export interface XmlSource {
  readonly text: string;
  readonly byteOffset: (index: number) => number;
}

const OPTIONS = { fatal: true, ignoreBOM: true };
const utf8 = new TextDecoder("utf-8", OPTIONS);
const utf16le = new TextDecoder("utf-16le", OPTIONS);
const utf16be = new TextDecoder("utf-16be", OPTIONS);

/** Decodes UTF-8 (with or without a byte order mark) or UTF-16 (with one). Throws `plist.encoding`. */
export function decodeXml(bytes: Uint8Array): XmlSource {
  const first = bytes[0];
  const second = bytes[1];
  if (first === 0xff && second === 0xfe) return decodeUtf16(bytes, utf16le);
  if (first === 0xfe && second === 0xff) return decodeUtf16(bytes, utf16be);
  const mark = first === 0xef && second === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = decode(utf8, mark === 0 ? bytes : bytes.subarray(mark), "UTF-8");
  const byteOffset = (index: number) => mark + new TextEncoder().encode(text.slice(0, index)).length;
  checkDeclared(text, /^utf-?8$|^us-ascii$/i);
  checkCharacters(text, byteOffset);
  return { text, byteOffset };
}

function decodeUtf16(bytes: Uint8Array, decoder: TextDecoder): XmlSource {
  const text = decode(decoder, bytes.subarray(2), "UTF-16");
  const byteOffset = (index: number) => 2 + index * 2;
  checkDeclared(text, /^utf-?16(?:le|be)?$/i);
  checkCharacters(text, byteOffset);
  return { text, byteOffset };
}

function decode(decoder: TextDecoder, bytes: Uint8Array, name: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new PlistError("plist.encoding", `the bytes are not ${name}`, undefined, { cause });
  }
}

/** A document that claims another encoding than its bytes have would mean different things to different readers. */
function checkDeclared(text: string, wanted: RegExp): void {
  if (!text.startsWith("<?xml")) return;
  const declared = /\sencoding\s?=\s?["']([^"']*)["']/.exec(text.slice(0, 200))?.[1];
  if (declared === undefined || wanted.test(declared)) return;
  throw new PlistError("plist.encoding", "write the document as UTF-8, and declare that", 0);
}

/** A character that XML 1.0 cannot hold at all, being none of section 2.2's production Char; so too half a surrogate pair. */
export const FORBIDDEN = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The same as `FORBIDDEN` for decoded text, which has no half pairs; as a loop, which is much the faster. */
function checkCharacters(text: string, byteOffset: (index: number) => number): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code < 0xfffe) continue;
    if (code === 0x0a || code === 0x09 || code === 0x0d) continue;
    throw new PlistError("plist.syntax", "a character that XML cannot hold", byteOffset(i));
  }
}
