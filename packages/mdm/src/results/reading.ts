import { getArray, getDate, getNumber, getString, isDictionary, type PlistDictionary } from "@pomona/plist";

/** No Mac has more, and a hostile one shall not fill the store with rows. */
const MAX_ITEMS = 10_000;

/** The dictionaries of a list, no more than a Mac can have. */
export const itemsAt = (dictionary: PlistDictionary, key: string): readonly PlistDictionary[] =>
  (getArray(dictionary, key) ?? []).slice(0, MAX_ITEMS).filter(isDictionary);

/** The strings of a list, bounded in number and length. */
export const textsAt = (dictionary: PlistDictionary, key: string): readonly string[] =>
  (getArray(dictionary, key) ?? [])
    .slice(0, MAX_ITEMS)
    .filter((item): item is string => typeof item === "string")
    .map((item) => item.slice(0, 1024));

/** A text that is there; empty when it is not. */
export const text = (dictionary: PlistDictionary, key: string): string => optionalText(dictionary, key) ?? "";

export const optionalText = (dictionary: PlistDictionary, key: string): string | undefined =>
  getString(dictionary, key)?.slice(0, 1024);

/** A number that can be counted with; null for what is none. */
export function count(dictionary: PlistDictionary, key: string): number | null {
  const value = getNumber(dictionary, key);
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/** A time in ms; null for what is none. */
export function time(dictionary: PlistDictionary, key: string): number | null {
  const ms = getDate(dictionary, key)?.getTime();
  return ms === undefined || Number.isNaN(ms) ? null : ms;
}
