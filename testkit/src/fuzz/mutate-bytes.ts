import type { Random } from "../model/random.ts";

/** A changed copy. @param other another entry of the corpus, to take a part from */
export type Mutate = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Octets at which readers change their mind: signs, lengths, heads of DER, CBOR and plists, marks of UTF. */
const TELLING = [
  0x00, 0x01, 0x1f, 0x22, 0x24, 0x30, 0x31, 0x3c, 0x3e, 0x5f, 0x7f, 0x80, 0x81, 0x84, 0x9f, 0xa0, 0xbf, 0xff,
] as const;
/** No mutant grows beyond this: a bound on sizes has tests of its own. */
export const MOST_BYTES = 16_384;

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
/** A place in some bytes, their end included. */
export const place = (bytes: Uint8Array, random: Random): number => random.integer(0, bytes.length);
const stretch = (bytes: Uint8Array, random: Random, most = 64): readonly [number, number] => {
  const from = place(bytes, random);
  return [from, Math.min(bytes.length, from + random.integer(1, most))];
};

const set = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = new Uint8Array(bytes);
  if (at < copy.length) copy[at] = value;
  return copy;
};

/** What can be done to any bytes. */
export const byteMutations: readonly Mutate[] = [
  (bytes, random) => {
    const at = place(bytes, random);
    return set(bytes, at, (bytes[at] ?? 0) ^ (1 << random.integer(0, 7)));
  },
  (bytes, random) => set(bytes, place(bytes, random), random.pick(TELLING)),
  (bytes, random) => set(bytes, place(bytes, random), random.integer(0, 255)),
  (bytes, random) => bytes.slice(0, place(bytes, random)),
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const at = place(bytes, random);
    return joined(bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at));
  },
  (bytes, random, other) => {
    const [from, to] = stretch(other, random, 400);
    const at = place(bytes, random);
    return joined(
      bytes.subarray(0, at),
      other.subarray(from, to),
      bytes.subarray(random.chance(0.5) ? at : place(bytes, random)),
    );
  },
  (bytes, random) => {
    const at = place(bytes, random);
    const put = Uint8Array.from({ length: random.integer(1, 8) }, () => random.integer(0, 255));
    return joined(bytes.subarray(0, at), put, bytes.subarray(at));
  },
  // The same again and again: what is counted, and what is nested.
  (bytes, random) => {
    const [from, to] = stretch(bytes, random, 16);
    const part = bytes.subarray(from, to);
    const times = random.pick([2, 16, 64, 300]);
    return joined(bytes.subarray(0, to), ...Array<Uint8Array>(times).fill(part), bytes.subarray(to));
  },
];
