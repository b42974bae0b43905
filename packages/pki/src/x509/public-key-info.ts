import { contentOf, type DerElement, rawOf } from "../der/element.ts";
import { decodeOid } from "../der/oid.ts";
import { readDer } from "../der/read-der.ts";
import { DerReader } from "../der/reader.ts";
import { TAG } from "../der/tags.ts";
import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { KeyType } from "./certificate.ts";

export interface PublicKeyInfo {
  readonly keyType: KeyType;
  /** RSA modulus or curve size; 0 for "other". */
  readonly keyBits: number;
  /** The content of the subjectPublicKey BIT STRING: what key identifiers are a hash of. */
  readonly keyOctets: Uint8Array;
}

const curves: ReadonlyMap<string, readonly [KeyType, number]> = new Map([
  [OID.p256, ["ec-p256", 256]],
  [OID.p384, ["ec-p384", 384]],
  [OID.p521, ["ec-p521", 521]],
]);

/** Looks into a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) without importing the key. */
export function parsePublicKeyInfo(spki: Uint8Array): PublicKeyInfo {
  const outer = readDer(spki);
  const info = outer.enter(TAG.sequence);
  outer.finish();
  const algorithm = info.enter(TAG.sequence);
  const oid = decodeOid(algorithm.read(TAG.oid));
  const keyOctets = bitStringOctets(info.read(TAG.bitString));
  info.finish();
  if (oid === OID.rsaEncryption) return { keyType: "rsa", keyBits: modulusBits(keyOctets), keyOctets };
  const curve =
    oid === OID.ecPublicKey && algorithm.peekTag() === TAG.oid ? curves.get(decodeOid(algorithm.read())) : undefined;
  return curve ? { keyType: curve[0], keyBits: curve[1], keyOctets } : { keyType: "other", keyBits: 0, keyOctets };
}

/** The octets of a BIT STRING without unused bits. */
export function bitStringOctets(element: DerElement): Uint8Array {
  const content = contentOf(element);
  if (content[0] !== 0) throw new PkiError("der.bits", "a BIT STRING of whole octets was expected");
  return content.subarray(1);
}

/** The whole SubjectPublicKeyInfo element and what is known of it. */
export function readPublicKeyInfo(reader: DerReader): { spki: Uint8Array } & PublicKeyInfo {
  const spki = rawOf(reader.read(TAG.sequence));
  return { spki, ...parsePublicKeyInfo(spki) };
}

function modulusBits(rsaPublicKey: Uint8Array): number {
  const modulus = contentOf(new DerReader(rsaPublicKey).enter(TAG.sequence).read(TAG.integer));
  const start = modulus[0] === 0 ? 1 : 0;
  const first = modulus[start] ?? 0;
  return first === 0 ? 0 : (modulus.length - start) * 8 - Math.clz32(first) + 24;
}
