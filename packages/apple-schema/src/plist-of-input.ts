import { decodeBase64, type PlistDictionary, PlistReal, type PlistValue } from "@pomona/plist";

/** Deeper than any command of Apple's, and shallow enough for every reader. */
const MAX_DEPTH = 32;
/** RFC 3339 with a time zone; fractions of a second do not exist in XML property lists. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * A property list's dictionary from JSON, in which data is `{"$data": base64}` and a date `{"$date": RFC 3339}`. Whole
 * numbers become integers, others reals.
 * @throws RangeError with the path of what cannot stand in a property list; it never quotes a value
 */
export function plistOfInput(input: Readonly<Record<string, unknown>>): PlistDictionary {
  return dictionaryOf(input, "", 0);
}

function valueOf(value: unknown, path: string, depth: number): PlistValue {
  if (depth > MAX_DEPTH) throw new RangeError(`${path} is nested too deeply`);
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isSafeInteger(value)) return value;
      if (Number.isInteger(value)) throw new RangeError(`${path} is too large for a number of JSON`);
      return new PlistReal(value);
    case "object":
      if (Array.isArray(value)) return value.map((item, at) => valueOf(item, `${path}[${at}]`, depth + 1));
      if (value !== null) return marked(value as Record<string, unknown>, path) ?? dictionaryOf(value, path, depth);
  }
  throw new RangeError(`${path} is ${value === null ? "null" : typeof value}, which no property list holds`);
}

function dictionaryOf(input: object, path: string, depth: number): PlistDictionary {
  const keys = Object.entries(input as Record<string, unknown>).map(([key, value]): [string, PlistValue] => [
    key,
    valueOf(value, path === "" ? key : `${path}.${key}`, depth + 1),
  ]);
  return Object.fromEntries(keys);
}

function marked(value: Readonly<Record<string, unknown>>, path: string): PlistValue | undefined {
  const [key, ...others] = Object.keys(value);
  if (others.length > 0 || (key !== "$data" && key !== "$date")) return undefined;
  const text = value[key];
  if (typeof text !== "string") throw new RangeError(`${path}.${key} must be a string`);
  if (key === "$date") {
    const date = new Date(RFC_3339.test(text) ? text : Number.NaN);
    if (Number.isNaN(date.getTime())) throw new RangeError(`${path}.$date must be a time as in RFC 3339`);
    return date;
  }
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw new RangeError(`${path}.$data must be base64`, { cause });
  }
}
