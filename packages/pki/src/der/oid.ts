import { OID } from "../oids.ts";
import { PkiError } from "../pki-error.ts";
import type { DerElement } from "./element.ts";

/** The dotted form of an OBJECT IDENTIFIER element. Known ones are looked up, which spares the hot path the text. */
export function decodeOid(element: DerElement): string {
  const { bytes, contentOffset, end } = element;
  if (element.tag !== 0x06) throw new PkiError("der.tag", "expected an OBJECT IDENTIFIER");
  const known = knownOids.get(hashOctets(bytes, contentOffset, end));
  if (known !== undefined && isEqualAt(known.octets, bytes, contentOffset, end)) return known.oid;
  return decodeArcs(bytes.subarray(contentOffset, end));
}

/** The content octets of a dotted OID. */
export function encodeOid(oid: string): Uint8Array {
  const arcs = /^[0-2](\.\d+)+$/.test(oid) ? oid.split(".").map(BigInt) : [];
  const [first, second, ...rest] = arcs;
  if (first === undefined || second === undefined || (first < 2n && second > 39n)) {
    throw new PkiError("der.oid", "not an object identifier");
  }
  const octets: number[] = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const digits = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) digits.push(Number(left & 0x7fn) | 0x80);
    octets.push(...digits.reverse());
  }
  return Uint8Array.from(octets);
}

function decodeArcs(octets: Uint8Array): string {
  const last = octets.at(-1);
  if (last === undefined || last >= 0x80 || octets.length > 64)
    throw new PkiError("der.oid", "malformed object identifier");
  const arcs: bigint[] = [];
  let arc = 0n;
  let isStart = true;
  for (const octet of octets) {
    if (isStart && octet === 0x80) throw new PkiError("der.oid", "malformed object identifier");
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    isStart = octet < 0x80;
    if (!isStart) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const first = arcs.shift() as bigint;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...arcs].join(".");
}

function hashOctets(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end && i < start + 16; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  return hash;
}

function isEqualAt(octets: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (octets.length !== end - start) return false;
  for (let i = 0; i < octets.length; i++) if (octets[i] !== bytes[start + i]) return false;
  return true;
}

const knownOids = new Map(
  Object.values(OID).map((oid) => {
    const octets = encodeOid(oid);
    return [hashOctets(octets, 0, octets.length), { oid, octets }] as const;
  }),
);
