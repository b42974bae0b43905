import { PlistReal } from "./real.ts";
import type { PlistDictionary, PlistValue } from "./value.ts";

/** Whether a value is a dictionary: a plain object, never an array, date, data, real or UID. */
export function isDictionary(value: unknown): value is PlistDictionary {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function get(dictionary: PlistDictionary, key: string): PlistValue | undefined {
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}

/** The string at `key`; undefined when missing or of another type. */
export function getString(dictionary: PlistDictionary, key: string): string | undefined {
  const value = get(dictionary, key);
  return typeof value === "string" ? value : undefined;
}

/** The integer at `key`; undefined when missing, of another type or beyond 2^53-1 (see `getBigInteger`). */
export function getInteger(dictionary: PlistDictionary, key: string): number | undefined {
  const value = get(dictionary, key);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** The integer at `key` whatever its size; undefined when missing or of another type. */
export function getBigInteger(dictionary: PlistDictionary, key: string): bigint | undefined {
  const value = get(dictionary, key);
  if (typeof value === "bigint") return value;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

/** The real or integer at `key` as a double; undefined when missing or of another type. */
export function getNumber(dictionary: PlistDictionary, key: string): number | undefined {
  const value = get(dictionary, key);
  if (value instanceof PlistReal) return value.value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : undefined;
}

/** The boolean at `key`; undefined when missing or of another type. */
export function getBoolean(dictionary: PlistDictionary, key: string): boolean | undefined {
  const value = get(dictionary, key);
  return typeof value === "boolean" ? value : undefined;
}

/** The data at `key`; undefined when missing or of another type. */
export function getData(dictionary: PlistDictionary, key: string): Uint8Array | undefined {
  const value = get(dictionary, key);
  return value instanceof Uint8Array ? value : undefined;
}

/** The date at `key`; undefined when missing or of another type. */
export function getDate(dictionary: PlistDictionary, key: string): Date | undefined {
  const value = get(dictionary, key);
  return value instanceof Date ? value : undefined;
}

/** The array at `key`; undefined when missing or of another type. */
export function getArray(dictionary: PlistDictionary, key: string): readonly PlistValue[] | undefined {
  const value = get(dictionary, key);
  return Array.isArray(value) ? (value as readonly PlistValue[]) : undefined;
}

/** The dictionary at `key`; undefined when missing or of another type. */
export function getDictionary(dictionary: PlistDictionary, key: string): PlistDictionary | undefined {
  const value = get(dictionary, key);
  return isDictionary(value) ? value : undefined;
}
