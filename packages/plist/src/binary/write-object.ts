import { type ByteWriter, sizeFor } from "./byte-writer.ts";
import type { FlatObject } from "./collect.ts";

/** Marker bits of the integer sizes 1, 2, 4 and 8. */
const SIZE_BITS = { 1: 0x10, 2: 0x11, 4: 0x12, 8: 0x13 } as const;

const NOT_ASCII = /[^\0-\x7f]/;

/** Writes one object of the list. Format: CFBinaryPList.c in Apple's open source CoreFoundation. */
export function writeObject(writer: ByteWriter, object: FlatObject, refSize: number): void {
  switch (object.kind) {
    case "string":
      writeString(writer, object.value);
      break;
    case "integer":
      writeInteger(writer, object.value);
      break;
    case "real":
      writer.unsigned(0x23, 1);
      writer.float64(object.value);
      break;
    case "boolean":
      writer.unsigned(object.value ? 0x09 : 0x08, 1);
      break;
    case "date":
      writer.unsigned(0x33, 1);
      writer.float64(object.seconds);
      break;
    case "data":
      writeMarker(writer, 0x40, object.value.length);
      writer.bytes(object.value);
      break;
    case "uid": {
      const size = sizeFor(object.value);
      writer.unsigned(0x80 + size - 1, 1);
      writer.unsigned(object.value, size);
      break;
    }
    case "array":
      writeMarker(writer, 0xa0, object.refs.length);
      for (const ref of object.refs) writer.unsigned(ref, refSize);
      break;
    case "dictionary":
      writeMarker(writer, 0xd0, object.keys.length);
      for (const ref of object.keys) writer.unsigned(ref, refSize);
      for (const ref of object.values) writer.unsigned(ref, refSize);
      break;
  }
}

function writeMarker(writer: ByteWriter, kind: number, count: number): void {
  if (count < 15) {
    writer.unsigned(kind | count, 1);
    return;
  }
  writer.unsigned(kind | 15, 1);
  writeInteger(writer, count);
}

function writeString(writer: ByteWriter, text: string): void {
  const isUtf16 = NOT_ASCII.test(text);
  writeMarker(writer, isUtf16 ? 0x60 : 0x50, text.length);
  if (isUtf16) writer.utf16(text);
  else writer.ascii(text);
}

/** Eight bytes are signed, so that what lies beyond 2^63-1 takes sixteen. */
function writeInteger(writer: ByteWriter, value: number | bigint): void {
  if (typeof value === "number" && value >= 0) {
    const size = sizeFor(value);
    writer.unsigned(SIZE_BITS[size], 1);
    writer.unsigned(value, size);
    return;
  }
  const wide = BigInt(value);
  const isBeyondSigned = wide >= 2n ** 63n;
  writer.unsigned(isBeyondSigned ? 0x14 : 0x13, 1);
  if (isBeyondSigned) writer.int64(0n);
  writer.int64(wide);
}
