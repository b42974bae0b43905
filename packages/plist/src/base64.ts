import { PlistError } from "./error.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const SPACE = 64;
const PAD = 65;
const INVALID = 66;

const CODES = new TextEncoder().encode(ALPHABET);
const CLASSES = new Uint8Array(128).fill(INVALID);
for (const [index, code] of CODES.entries()) CLASSES[code] = index;
for (const code of [0x09, 0x0a, 0x0d, 0x20]) CLASSES[code] = SPACE;
CLASSES[0x3d] = PAD;

const ascii = new TextDecoder("utf-8");

/** Standard base64 (RFC 4648 section 4) on one line, with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  const whole = bytes.length - (bytes.length % 3);
  let to = 0;
  let at = 0;
  for (; at < whole; at += 3) {
    const bits = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    out[to++] = CODES[bits >> 18]!;
    out[to++] = CODES[(bits >> 12) & 63]!;
    out[to++] = CODES[(bits >> 6) & 63]!;
    out[to++] = CODES[bits & 63]!;
  }
  if (at < bytes.length) {
    const isLastByte = at + 1 === bytes.length;
    const bits = (bytes[at]! << 16) | (isLastByte ? 0 : bytes[at + 1]! << 8);
    out[to++] = CODES[bits >> 18]!;
    out[to++] = CODES[(bits >> 12) & 63]!;
    out[to++] = isLastByte ? 0x3d : CODES[(bits >> 6) & 63]!;
    out[to] = 0x3d;
  }
  return ascii.decode(out);
}

/**
 * Strict base64: standard alphabet, padding required, no stray bits, no white space unless allowed.
 * Throws `plist.content` with the index of the first character that does not belong.
 */
export function decodeBase64(text: string, options: { readonly allowWhitespace?: boolean } = {}): Uint8Array {
  const decoded = scanBase64(text, 0, text.length, options.allowWhitespace ?? false);
  if (typeof decoded === "number") throw new PlistError("plist.content", `not base64 at character ${decoded}`);
  return decoded;
}

/** Decodes `text` between two indices; returns the index of the first character that does not belong, when there is one. */
export function scanBase64(text: string, start: number, end: number, allowWhitespace: boolean): Uint8Array | number {
  const out = new Uint8Array(Math.ceil(((end - start) * 3) / 4));
  let length = 0;
  let bits = 0;
  let digits = 0;
  let pads = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? CLASSES[code]! : INVALID;
    if (kind < SPACE) {
      if (pads > 0) return at;
      bits = (bits << 6) | kind;
      if (++digits === 4) {
        out[length++] = bits >> 16;
        out[length++] = bits >> 8;
        out[length++] = bits;
        bits = 0;
        digits = 0;
      }
    } else if (kind === PAD) {
      // Padding only completes a group that has begun: "=" after two or three digits.
      if (digits + ++pads > 4 || digits < 2) return at;
    } else if (kind === INVALID || !allowWhitespace) {
      return at;
    }
  }
  if (digits === 0) return exact(out, length);
  if (digits + pads !== 4) return end;
  if ((bits & (digits === 2 ? 0b1111 : 0b11)) !== 0) return end;
  bits <<= 6 * pads;
  out[length++] = bits >> 16;
  if (digits === 3) out[length++] = bits >> 8;
  return exact(out, length);
}

/** White space and padding made the estimate too large: give nobody a view into a bigger buffer. */
function exact(bytes: Uint8Array, length: number): Uint8Array {
  return length === bytes.length ? bytes : bytes.slice(0, length);
}
