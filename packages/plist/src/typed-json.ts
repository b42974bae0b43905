import { isDictionary } from "./read.ts";
import { PlistReal } from "./real.ts";
import { PlistUid } from "./uid.ts";
import type { PlistValue } from "./value.ts";

/** A value in the JSON of `fixtures/plist`, which keeps the types apart and is the same in every language. */
export type TypedJson =
  | { readonly string: string }
  | { readonly integer: string }
  | { readonly real: string }
  | { readonly boolean: boolean }
  | { readonly date: string }
  | { readonly data: string }
  | { readonly uid: number }
  | { readonly array: readonly TypedJson[] }
  | { readonly dict: readonly (readonly [string, TypedJson])[] };

/** Describes a value so that two equal descriptions mean the same property list. Not for cyclic values. */
export function toTypedJson(value: PlistValue): TypedJson {
  if (typeof value === "string") return { string: value };
  if (typeof value === "boolean") return { boolean: value };
  if (typeof value === "bigint") return { integer: String(value) };
  if (typeof value === "number") {
    return Number.isInteger(value) && !Object.is(value, -0) ? { integer: String(value) } : { real: doubleHex(value) };
  }
  if (value instanceof PlistReal) return { real: doubleHex(value.value) };
  if (value instanceof PlistUid) return { uid: value.value };
  if (value instanceof Date) return { date: value.toISOString() };
  if (value instanceof Uint8Array) return { data: hex(value) };
  if (isDictionary(value)) return { dict: Object.keys(value).map((key) => [key, toTypedJson(value[key]!)]) };
  return { array: value.map(toTypedJson) };
}

function doubleHex(value: number): string {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return hex(bytes);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
