import { PlistError } from "../error.ts";
import { isPlistInteger, normaliseInteger } from "../integer.ts";
import { PlistReal } from "../real.ts";
import { PlistUid } from "../uid.ts";
import type { PlistValue } from "../value.ts";
import { readDate } from "./date.ts";
import { type BinaryLayout, readUnsigned } from "./trailer.ts";

/** An object's marker, and where its content stands: inside the object area, checked. */
export interface ObjectHead {
  readonly kind: "false" | "true" | "integer" | "real" | "date" | "data" | "string" | "uid" | "array" | "dictionary";
  /** The marker's offset, for errors. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  readonly isUtf16: boolean;
}

const asciiDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf16Decoder = new TextDecoder("utf-16be", { fatal: true, ignoreBOM: true });

/** Reads a marker and its count. Format: CFBinaryPList.c in Apple's open source CoreFoundation. */
export function readHead(layout: BinaryLayout, at: number): ObjectHead {
  const marker = layout.view.getUint8(at);
  const low = marker & 0x0f;
  switch (marker >> 4) {
    case 0x0:
      if (marker === 0x08) return head(layout, "false", at, at + 1, 0);
      if (marker === 0x09) return head(layout, "true", at, at + 1, 0);
      break;
    case 0x1:
      if (low <= 4) return head(layout, "integer", at, at + 1, 1 << low);
      break;
    case 0x2:
      if (low === 2 || low === 3) return head(layout, "real", at, at + 1, 1 << low);
      break;
    case 0x3:
      if (low === 3) return head(layout, "date", at, at + 1, 8);
      break;
    case 0x4:
      return counted(layout, "data", at, low, 1);
    case 0x5:
      return counted(layout, "string", at, low, 1);
    case 0x6:
      return { ...counted(layout, "string", at, low, 2), isUtf16: true };
    case 0x8:
      return head(layout, "uid", at, at + 1, low + 1);
    case 0xa:
      return counted(layout, "array", at, low, layout.refSize);
    case 0xd:
      return counted(layout, "dictionary", at, low, layout.refSize * 2);
    default:
      break;
  }
  throw new PlistError("plist.syntax", "an object of a kind that property lists do not have", at);
}

/** A count of 15 or more stands in an integer object behind the marker. */
function counted(layout: BinaryLayout, kind: ObjectHead["kind"], at: number, low: number, unit: number): ObjectHead {
  if (low < 15) return head(layout, kind, at, at + 1, low * unit);
  const marker = at + 1 < layout.tableOffset ? layout.view.getUint8(at + 1) : 0;
  const size = 1 << (marker & 0x0f);
  if (marker >> 4 !== 1 || size > 8 || at + 2 + size > layout.tableOffset) {
    throw new PlistError("plist.syntax", "a count that is not an integer", at);
  }
  return head(layout, kind, at, at + 2 + size, readUnsigned(layout.view, at + 2, size) * unit);
}

function head(layout: BinaryLayout, kind: ObjectHead["kind"], at: number, start: number, length: number): ObjectHead {
  const end = start + length;
  if (end > layout.tableOffset) throw new PlistError("plist.syntax", "an object that reaches beyond the objects", at);
  return { kind, at, start, end, isUtf16: false };
}

/** Reads the string of a head whose kind is `string`. */
export function readString(layout: BinaryLayout, object: ObjectHead): string {
  const { view } = layout;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + object.start, object.end - object.start);
  if (!object.isUtf16 && bytes.some((byte) => byte > 0x7f)) {
    throw new PlistError("plist.encoding", "an ASCII string with other bytes", object.at);
  }
  try {
    return (object.isUtf16 ? utf16Decoder : asciiDecoder).decode(bytes);
  } catch (cause) {
    throw new PlistError("plist.encoding", "a string that is not UTF-16", object.at, { cause });
  }
}

/** Reads the value of a head that is neither string nor container. */
export function readScalar(layout: BinaryLayout, object: ObjectHead): PlistValue {
  const { view } = layout;
  const { start, end } = object;
  switch (object.kind) {
    case "false":
      return false;
    case "true":
      return true;
    case "integer":
      return readInteger(view, object);
    case "real":
      return new PlistReal(end - start === 4 ? view.getFloat32(start) : view.getFloat64(start));
    case "date":
      return readDate(view.getFloat64(start)) ?? fail(object, "a date that does not exist");
    case "data":
      return new Uint8Array(view.buffer, view.byteOffset + start, end - start).slice();
    case "uid": {
      const uid = end - start <= 8 ? readUnsigned(view, start, end - start) : Number.POSITIVE_INFINITY;
      return uid <= 0xffff_ffff ? new PlistUid(uid) : fail(object, "a UID beyond 2^32-1");
    }
    default:
      return fail(object, "a container where a scalar belongs");
  }
}

/** 1, 2 and 4 bytes are unsigned, 8 and 16 are signed; 16 carry what lies between 2^63 and 2^64-1. */
function readInteger(view: DataView, object: ObjectHead): number | bigint {
  const { start, end } = object;
  if (end - start < 8) return readUnsigned(view, start, end - start);
  if (end - start === 8) return normaliseInteger(view.getBigInt64(start));
  const value = (view.getBigInt64(start) << 64n) | view.getBigUint64(start + 8);
  return isPlistInteger(value) ? normaliseInteger(value) : fail(object, "an integer outside -2^63 .. 2^64-1");
}

function fail(object: ObjectHead, message: string): never {
  throw new PlistError("plist.content", message, object.at);
}
