import { PkiError } from "./pki-error.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const sextets = new Map(Array.from(alphabet, (letter, value) => [letter, value] as const));

export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
}

/** One PEM block (RFC 7468) with a newline at its end. */
export function encodePem(label: string, der: Uint8Array): string {
  const base64 = encodeBase64(der);
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join("")}-----END ${label}-----\n`;
}

/** All PEM blocks of a text, or those of one label; text around them is skipped. Throws PkiError `pem.encoding`. */
export function decodePem(text: string, label?: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let position = 0;
  for (;;) {
    const begin = text.indexOf("-----BEGIN ", position);
    if (begin < 0) return blocks;
    const labelEnd = text.indexOf("-----", begin + 11);
    if (labelEnd < 0) return blocks;
    const found = text.slice(begin + 11, labelEnd);
    const footer = `-----END ${found}-----`;
    const end = text.indexOf(footer, labelEnd);
    if (end < 0) throw new PkiError("pem.truncated", "a PEM block has no end");
    position = end + footer.length;
    if (label === undefined || label === found)
      blocks.push({ label: found, der: decodeBase64(text.slice(labelEnd + 5, end)) });
  }
}

function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += (alphabet[group >> 18] as string) + (alphabet[(group >> 12) & 63] as string);
    text += left > 1 ? (alphabet[(group >> 6) & 63] as string) : "=";
    text += left > 2 ? (alphabet[group & 63] as string) : "=";
  }
  return text;
}

function decodeBase64(text: string): Uint8Array {
  const letters = text.replace(/\s+/g, "").replace(/={1,2}$/, "");
  if (letters.length % 4 === 1) throw new PkiError("pem.encoding", "malformed base64");
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let bits = 0;
  let pending = 0;
  let offset = 0;
  for (const letter of letters) {
    const value = sextets.get(letter);
    if (value === undefined) throw new PkiError("pem.encoding", "malformed base64");
    pending = ((pending << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[offset++] = (pending >> bits) & 0xff;
  }
  return bytes;
}
