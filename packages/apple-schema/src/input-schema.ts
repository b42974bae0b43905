import type { KeySchema, KeyType, SchemaEntry } from "./model.ts";

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of an entry's keys as `plistOfInput` takes them, for forms and clients: data as `{"$data": base64}`, dates
 * as `{"$date": RFC 3339}`. Keys that macOS never had are left out; others than those listed are allowed.
 */
export function inputSchemaOf(entry: SchemaEntry): JsonSchema {
  const { definitions = {} } = entry;
  const names = Object.keys(definitions);
  return {
    ...dictionaryOf(entry.keys, undefined),
    ...(names.length === 0
      ? {}
      : { $defs: Object.fromEntries(names.map((name) => [name, schemaOf(definitions[name]!)])) }),
  };
}

function dictionaryOf(keys: readonly KeySchema[], any: KeySchema | undefined): JsonSchema {
  const offered = keys.filter(({ os }) => os?.introduced !== null);
  const required = offered.filter((key) => key.required === true).map(({ key }) => key);
  return {
    type: "object",
    properties: Object.fromEntries(offered.map((key) => [key.key, schemaOf(key)])),
    ...(required.length === 0 ? {} : { required }),
    ...(any === undefined ? {} : { additionalProperties: schemaOf(any) }),
  };
}

function schemaOf(key: KeySchema): JsonSchema {
  if (key.ref !== undefined) return { $ref: `#/$defs/${key.ref.replaceAll("~", "~0").replaceAll("/", "~1")}` };
  const { type, values, range, format, known, count, items } = key;
  const facts = {
    ...(values === undefined ? {} : { enum: values }),
    ...(known === undefined ? {} : { examples: known }),
    ...bounds(range, "minimum", "maximum"),
    ...(format === undefined ? {} : { pattern: format }),
    ...(key.default === undefined ? {} : { default: key.default }),
  };
  switch (type) {
    case "dictionary":
      return key.keys === undefined && key.any === undefined
        ? { type: "object" }
        : dictionaryOf(key.keys ?? [], key.any);
    case "array": {
      const offered = (items ?? []).filter(({ os }) => os?.introduced !== null);
      const [first] = offered;
      return {
        type: "array",
        ...bounds(count, "minItems", "maxItems"),
        ...(first === undefined
          ? {}
          : { items: offered.length === 1 ? schemaOf(first) : { anyOf: offered.map(schemaOf) } }),
      };
    }
    case "data":
      return marker("$data", { type: "string", contentEncoding: "base64" });
    case "date":
      return marker("$date", { type: "string", format: "date-time" });
    case "any":
      return {};
    default:
      return { type: JSON_TYPES[type], ...facts };
  }
}

const JSON_TYPES: Readonly<Record<Exclude<KeyType, "dictionary" | "array" | "data" | "date" | "any">, string>> = {
  string: "string",
  integer: "integer",
  real: "number",
  boolean: "boolean",
};

const marker = (name: string, schema: JsonSchema): JsonSchema => ({
  type: "object",
  properties: { [name]: schema },
  required: [name],
  additionalProperties: false,
});

function bounds(
  pair: readonly [number | null, number | null] | undefined,
  least: string,
  greatest: string,
): JsonSchema {
  const [from, to] = pair ?? [null, null];
  return { ...(from === null ? {} : { [least]: from }), ...(to === null ? {} : { [greatest]: to }) };
}
