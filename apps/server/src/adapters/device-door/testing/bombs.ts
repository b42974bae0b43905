/** Bytes that are small and ask for much: depth, lengths, or a size that only shows when they are read. */
export const derBombs = (size: number): Readonly<Record<string, Buffer>> => ({
  "indefinite lengths, never closed": repeated([0x30, 0x80], size),
  "constructed strings, never closed": repeated([0x24, 0x80], size),
  "definite lengths, one in the other": nested(0x30, size),
  "octet strings, one in the other": nested(0x24, size),
  "explicit tags, one in the other": nested(0xa0, size),
  "tags of many bytes": Buffer.alloc(size, 0x1f).fill(0xff, 1),
  "a length of four gigabytes": Buffer.concat([
    Buffer.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
    Buffer.alloc(size - 6),
  ]),
  "a length with 126 bytes": Buffer.concat([Buffer.from([0x30, 0xfe]), Buffer.alloc(size - 2, 0xff)]),
  "a million empty elements": repeated([0x05, 0x00], size),
  "an object identifier that never ends": Buffer.concat([
    Buffer.from([0x06, 0x82, 0x40, 0x00]),
    Buffer.alloc(size - 4, 0x80),
  ]),
});

const repeated = (pattern: readonly number[], size: number): Buffer => Buffer.alloc(size, Buffer.from(pattern));

/** Elements with correct lengths, as deep as fits. */
function nested(tag: number, size: number): Buffer {
  const heads: Buffer[] = [];
  for (let left = size; left > 8; ) {
    const head = left - 4 > 0xffff ? 5 : 4;
    const length = left - head;
    const bytes = head === 5 ? [0x83, length >> 16, (length >> 8) & 0xff] : [0x82, length >> 8];
    heads.push(Buffer.from([tag, ...bytes, length & 0xff]));
    left = length;
  }
  return Buffer.concat(heads);
}

/** A binary plist whose arrays hold the next one twice each: small, and 2^depth elements when it is written out. */
export function doublingPlist(depth: number): Buffer {
  const objects = Array.from({ length: depth }, (_, at) => Buffer.from([0xa2, at + 1, at + 1]));
  return binaryPlist([...objects, Buffer.from([0x09])]);
}

/** A binary plist that claims so many elements of an array, and has none of them. */
export const claimingPlist = (count: number): Buffer =>
  binaryPlist([
    Buffer.from([0xaf, 0x13, 0, 0, 0, 0, count >>> 24, (count >> 16) & 0xff, (count >> 8) & 0xff, count & 0xff]),
  ]);

function binaryPlist(objects: readonly Buffer[]): Buffer {
  const head = Buffer.from("bplist00");
  const offsets: number[] = [];
  let at = head.length;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const table = Buffer.concat(offsets.map((offset) => Buffer.from([offset >> 8, offset & 0xff])));
  const trailer = Buffer.alloc(32);
  trailer[6] = 2;
  trailer[7] = 1;
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([head, ...objects, table, trailer]);
}
