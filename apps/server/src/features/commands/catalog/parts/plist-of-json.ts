import { type PlistDictionary, PlistReal, type PlistValue } from "@pomona/plist";

/** A property list has no null: such a key is left out. Whole numbers become integers, others reals. */
export function plistOfJson(value: Readonly<Record<string, unknown>>): PlistDictionary {
  const dictionary: Record<string, PlistValue> = {};
  for (const [key, entry] of Object.entries(value)) {
    const converted = convert(entry);
    if (converted !== undefined) dictionary[key] = converted;
  }
  return dictionary;
}

function convert(value: unknown): PlistValue | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : new PlistReal(value);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(convert).filter((item) => item !== undefined);
  return typeof value === "object" && value !== null ? plistOfJson(value as Record<string, unknown>) : undefined;
}
