import { type PlistDictionary, PlistReal, type PlistValue } from "@pomona/plist";
import fc from "fast-check";
import type { KeySchema, SchemaEntry } from "../model.ts";

/** Deeper than this, optional keys and items are left out, so that trees which hold themselves end. */
const MAX_DEPTH = 3;

/** Any payload that the entry's keys allow. */
export function fitting(entry: SchemaEntry): fc.Arbitrary<PlistDictionary> {
  return dictionary(entry, entry.keys, 0);
}

function dictionary(entry: SchemaEntry, keys: readonly KeySchema[], depth: number): fc.Arbitrary<PlistDictionary> {
  const offered = keys.filter(({ os, required }) => isOnMacOs(os) && (required === true || depth < MAX_DEPTH));
  const values = Object.fromEntries(offered.map((key) => [key.key, value(entry, key, depth + 1)]));
  const requiredKeys = offered.filter(({ required }) => required === true).map(({ key }) => key);
  return fc.record(values, { requiredKeys });
}

function value(entry: SchemaEntry, schema: KeySchema, depth: number): fc.Arbitrary<PlistValue> {
  const key = schema.ref === undefined ? schema : entry.definitions![schema.ref]!;
  if (key.values !== undefined) return fc.constantFrom(...key.values);
  const [least, greatest] = key.range ?? [null, null];
  const bounds = { min: least ?? -1000, max: greatest ?? 100_000 };
  switch (key.type) {
    case "string":
      if (key.format !== undefined) return fc.stringMatching(new RegExp(`^(?:${key.format})$`, "u"));
      return key.known === undefined ? fc.string() : fc.constantFrom(...key.known);
    case "integer":
      return fc.integer(bounds);
    case "real":
      return fc.double({ ...bounds, noNaN: true }).map((number) => new PlistReal(number));
    case "boolean":
      return fc.boolean();
    case "date":
      return fc.date({ noInvalidDate: true });
    case "data":
      return fc.uint8Array({ maxLength: 20 });
    case "any":
      return fc.oneof(fc.string(), fc.integer(), fc.boolean());
    case "dictionary":
      if (key.any !== undefined && depth < MAX_DEPTH) {
        const others = fc.dictionary(fc.stringMatching(/^x-[a-z]{1,5}$/), value(entry, key.any, depth + 1), {
          maxKeys: 2,
        });
        return fc.tuple(dictionary(entry, key.keys ?? [], depth), others).map(([own, more]) => ({ ...more, ...own }));
      }
      return dictionary(entry, key.keys ?? [], depth);
    case "array": {
      const items = (key.items ?? []).filter(({ os }) => isOnMacOs(os));
      const [fewest, most] = key.count ?? [null, null];
      if (items.length === 0 || (depth >= MAX_DEPTH && fewest === null)) return fc.constant([]);
      const item = fc.oneof(...items.map((one) => value(entry, one, depth + 1)));
      return fc.array(item, { minLength: fewest ?? 0, maxLength: most ?? 3 });
    }
  }
}

const isOnMacOs = (os: KeySchema["os"]): boolean => typeof os?.introduced === "string";
