import type { Random } from "../model/random.ts";
import { joined, type Mutate } from "./mutate-bytes.ts";

const TRAILER = 32;
const FIELDS = { offsetSize: 6, refSize: 7, count: 8, top: 16, table: 24 } as const;
const MARKERS = [
  0x00, 0x08, 0x09, 0x0f, 0x10, 0x13, 0x14, 0x22, 0x23, 0x33, 0x40, 0x4f, 0x50, 0x5f, 0x60, 0x6f, 0x80, 0x8f, 0xa0,
  0xa1, 0xaf, 0xc0, 0xd0, 0xd1, 0xdf,
] as const;
const COUNTS = [0n, 1n, 2n, 255n, 65_536n, 0x7fffffffn, 0xffffffffn, 0xffffffffffffffffn] as const;

/** The parts of a binary property list, as far as it is one. */
function partsOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = bytes.length - TRAILER;
  const table = Number(view.getBigUint64(at + FIELDS.table));
  const offsetSize = bytes[at + FIELDS.offsetSize]!;
  const count = Math.min(Number(view.getBigUint64(at + FIELDS.count)), 4096);
  const offsets: number[] = [];
  for (let entry = 0; entry < count && offsetSize > 0 && offsetSize <= 4; entry++) {
    const from = table + entry * offsetSize;
    if (from + offsetSize > at) break;
    offsets.push(bytes.subarray(from, from + offsetSize).reduce((sum, octet) => sum * 256 + octet, 0));
  }
  return { at, table, offsetSize, offsets };
}

const onParts =
  (change: (copy: Uint8Array, parts: ReturnType<typeof partsOf>, random: Random) => Uint8Array | undefined): Mutate =>
  (bytes, random) => {
    if (bytes.length < TRAILER + 9) return bytes;
    const copy = new Uint8Array(bytes);
    return change(copy, partsOf(copy), random) ?? copy;
  };
const one = (values: readonly number[], random: Random): number => values[random.integer(0, values.length - 1)] ?? 8;

/** What can be done to a binary property list, beside what can be done to any bytes. */
export const binaryPlistMutations: readonly Mutate[] = [
  onParts((copy, { at }, random) => {
    copy[at + random.pick([FIELDS.offsetSize, FIELDS.refSize])] = random.integer(0, 9);
    return undefined;
  }),
  onParts((copy, { at }, random) => {
    const value = random.chance(0.5) ? random.pick(COUNTS) : BigInt(random.integer(0, copy.length));
    new DataView(copy.buffer).setBigUint64(at + random.pick([FIELDS.count, FIELDS.top, FIELDS.table]), value);
    return undefined;
  }),
  // An object where another one is, in the middle of one, or nowhere.
  onParts((copy, { table, offsetSize, offsets }, random) => {
    const entry = table + random.integer(0, Math.max(0, offsets.length - 1)) * offsetSize;
    const to = random.chance(0.7) ? one(offsets, random) : random.integer(0, copy.length);
    for (let octet = 0; octet < offsetSize && entry + octet < copy.length; octet++)
      copy[entry + octet] = (to >>> (8 * (offsetSize - 1 - octet))) & 0xff;
    return undefined;
  }),
  onParts((copy, { offsets }, random) => {
    copy[one(offsets, random)] = random.pick(MARKERS);
    return undefined;
  }),
  // The number of things in an object, or what it refers to first.
  onParts((copy, { offsets }, random) => {
    const at = one(offsets, random);
    copy[at] = ((copy[at] ?? 0) & 0xf0) | random.integer(0, 15);
    if (random.chance(0.5)) copy[at + 1] = random.integer(0, Math.max(1, offsets.length));
    return undefined;
  }),
  // Space between the objects and the table, with the trailer saying so.
  onParts((copy, { at, table }, random) => {
    if (table > at) return undefined;
    const put = random.integer(1, 4);
    new DataView(copy.buffer).setBigUint64(at + FIELDS.table, BigInt(table + put));
    return joined(copy.subarray(0, table), new Uint8Array(put), copy.subarray(table));
  }),
];
