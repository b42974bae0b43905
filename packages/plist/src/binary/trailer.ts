import { PlistError } from "../error.ts";

/** What the last 32 bytes of a binary property list say, checked against the length. */
export interface BinaryLayout {
  readonly view: DataView;
  /** Bytes of one entry of the offset table. */
  readonly offsetSize: number;
  /** Bytes of one reference inside a container. */
  readonly refSize: number;
  readonly objectCount: number;
  readonly topObject: number;
  /** Where the offset table begins, which is where the objects end. */
  readonly tableOffset: number;
}

const HEADER = "bplist00";
const TRAILER_BYTES = 32;

/** Whether the bytes claim to be binary, of whatever version. */
export function isBinaryPlist(bytes: Uint8Array): boolean {
  return startsWith(bytes, HEADER.slice(0, 6));
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Reads header and trailer. As in CoreFoundation, objects, table and trailer must fill the file without a gap. */
export function readLayout(bytes: Uint8Array): BinaryLayout {
  if (!startsWith(bytes, HEADER)) throw new PlistError("plist.syntax", "not a binary property list of version 00", 0);
  const trailer = bytes.length - TRAILER_BYTES;
  if (trailer <= HEADER.length) throw new PlistError("plist.syntax", "the trailer is missing", bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offsetSize = view.getUint8(trailer + 6);
  const refSize = view.getUint8(trailer + 7);
  const objectCount = readUnsigned(view, trailer + 8, 8);
  const topObject = readUnsigned(view, trailer + 16, 8);
  const tableOffset = readUnsigned(view, trailer + 24, 8);
  if (offsetSize < 1 || offsetSize > 8 || refSize < 1 || refSize > 8) {
    throw new PlistError("plist.syntax", "the size of an offset or reference is not 1 to 8 bytes", trailer + 6);
  }
  if (tableOffset <= HEADER.length || tableOffset + objectCount * offsetSize !== trailer) {
    throw new PlistError("plist.syntax", "the offset table does not fit the file", trailer + 24);
  }
  if (topObject >= objectCount)
    throw new PlistError("plist.syntax", "the top object is not in the table", trailer + 16);
  return { view, offsetSize, refSize, objectCount, topObject, tableOffset };
}

/** A big-endian unsigned integer of 1 to 8 bytes. Beyond 2^53 it is inexact, but still larger than any file. */
export function readUnsigned(view: DataView, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + view.getUint8(at + i);
  return value;
}
