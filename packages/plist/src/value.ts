import type { PlistReal } from "./real.ts";
import type { PlistUid } from "./uid.ts";

/**
 * Everything a property list can hold. Parsed integers are `number` when safe, else `bigint` (-2^63 .. 2^64-1);
 * parsed reals are always `PlistReal`, so that 1.0 stays a real. `Date` has whole seconds in XML.
 */
export type PlistValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | PlistReal
  | PlistUid
  | readonly PlistValue[]
  | PlistDictionary;

/**
 * A dictionary. A parsed one has no prototype, so `__proto__` and `constructor` are ordinary own keys. Order is that of
 * the document, except that keys which look like array indices come first (as in every JavaScript object).
 */
export interface PlistDictionary {
  readonly [key: string]: PlistValue;
}
