import { encodeBase64 } from "../base64.ts";
import type { BuildTrail } from "../build-trail.ts";
import { normaliseInteger } from "../integer.ts";
import { PlistReal } from "../real.ts";
import { PlistUid } from "../uid.ts";
import type { PlistValue } from "../value.ts";
import { secondsOf } from "./date.ts";

/** A scalar as the binary format tells them apart. */
export type BinaryScalar =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "integer"; readonly value: number | bigint }
  | { readonly kind: "real"; readonly value: number }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "date"; readonly seconds: number }
  | { readonly kind: "data"; readonly value: Uint8Array }
  | { readonly kind: "uid"; readonly value: number };

/** Data longer than this is not compared with what was written before. */
const LONGEST_COMPARED_DATA = 1024;

const LONE_SURROGATE = /[\ud800-\udfff]/u;

/** Which scalar a value is; throws `plist.unsupported` when it is none. */
export function scalarOf(value: PlistValue, trail: BuildTrail): BinaryScalar {
  switch (typeof value) {
    case "string":
      if (LONE_SURROGATE.test(value)) trail.fail("plist.unsupported", "half a surrogate pair, which is no text");
      return { kind: "string", value };
    case "boolean":
      return { kind: "boolean", value };
    case "bigint":
      trail.checkInteger(value);
      return { kind: "integer", value: normaliseInteger(value) };
    case "number":
      if (!Number.isInteger(value) || Object.is(value, -0)) return { kind: "real", value };
      return { kind: "integer", value: trail.checkInteger(value) };
    default:
      break;
  }
  if (value instanceof Uint8Array) return { kind: "data", value };
  if (value instanceof PlistReal) return { kind: "real", value: value.value };
  if (value instanceof PlistUid) return { kind: "uid", value: trail.checkUid(value.value) };
  if (!(value instanceof Date)) return trail.fail("plist.unsupported", "a value that property lists do not have");
  const seconds = secondsOf(value);
  return Number.isNaN(seconds) ? trail.fail("plist.unsupported", "an invalid date") : { kind: "date", seconds };
}

/** What makes two scalars the same object in the file; undefined for those that are always written anew. */
export function identityOf(scalar: BinaryScalar): unknown {
  switch (scalar.kind) {
    case "string":
      return `s${scalar.value}`;
    case "integer":
    case "boolean":
      return scalar.value;
    case "real":
      return Object.is(scalar.value, -0) ? "r-0" : `r${scalar.value}`;
    case "date":
      return `t${scalar.seconds}`;
    case "data":
      return scalar.value.length > LONGEST_COMPARED_DATA ? undefined : `d${encodeBase64(scalar.value)}`;
    case "uid":
      return `u${scalar.value}`;
  }
}
