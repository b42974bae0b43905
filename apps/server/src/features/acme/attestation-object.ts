import { decode } from "cbor2";

/** A chain of three certificates has about 3 kB; what is larger is not looked into. */
export const MOST_ATTESTATION_BYTES = 24_576;
/** A map, a map in it, a list in that, and byte strings. */
const MAX_DEPTH = 4;
const MOST_KEYS = 8;

export type AttestationObject =
  | { readonly ok: true; readonly format: string; readonly chain: readonly Uint8Array[] }
  | { readonly ok: false; readonly reason: string };

const refuse = (reason: string): AttestationObject => ({ ok: false, reason });

/**
 * Reads a WebAuthn attestation object with the chain of Apple's format: `{fmt, attStmt: {x5c: [leaf, intermediates...]}}`
 * (draft-ietf-acme-device-attest, section 5). Text keys, byte strings and lists of definite length and nothing else: what could be
 * read in two ways is refused. `authData` and keys that we do not know may be there and are not used. Never throws.
 */
export function readAttestationObject(bytes: Uint8Array): AttestationObject {
  if (bytes.length === 0 || bytes.length > MOST_ATTESTATION_BYTES)
    return refuse("the attestation object has no fitting size");
  let value: unknown;
  try {
    value = decode(bytes, {
      maxDepth: MAX_DEPTH,
      encoding: null,
      requirePreferred: true,
      rejectStreaming: true,
      // Keys are looked at here: the reader's own search for duplicates takes the square of their number.
      createObject: mapOf,
      rejectBigInts: true,
      rejectFloats: true,
      rejectSimple: true,
      rejectUndefined: true,
      ignoreGlobalTags: true,
    });
  } catch {
    return refuse("the attestation object is not CBOR in its strict form");
  }
  if (!(value instanceof Map)) return refuse("the attestation object is no map");
  const format: unknown = value.get("fmt");
  const statement: unknown = value.get("attStmt");
  if (typeof format !== "string" || format.length > 32) return refuse("fmt is missing");
  if (!(statement instanceof Map)) return refuse("attStmt is missing");
  const chain: unknown = statement.get("x5c");
  if (!Array.isArray(chain) || chain.length === 0) return refuse("x5c is missing");
  const certificates: Uint8Array[] = [];
  for (const entry of chain as unknown[]) {
    if (!(entry instanceof Uint8Array)) return refuse("x5c holds something that is no certificate");
    certificates.push(entry);
  }
  return { ok: true, format, chain: certificates };
}

function mapOf(pairs: readonly (readonly [unknown, unknown, ...unknown[]])[]): Map<string, unknown> {
  if (pairs.length > MOST_KEYS) throw new RangeError("too many keys");
  const map = new Map<string, unknown>();
  for (const [key, value] of pairs) {
    if (typeof key !== "string" || map.has(key)) throw new TypeError("a key that is no text, or twice");
    map.set(key, value);
  }
  return map;
}
