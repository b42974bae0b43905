/** As much of JSON Schema as forms need; read from data, never compiled. */
export interface FormSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly items?: FormSchema;
  readonly anyOf?: readonly FormSchema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** The type that a control is chosen by; null as an alternative is left out of it. */
export const typeOf = (schema: FormSchema): string | undefined =>
  typeof schema.type === "string" ? schema.type : schema.type?.find((type) => type !== "null");

/** A schema, or nothing: the schema, and what nothing means. Undefined where there is no such choice. */
export const orNothing = (
  schema: FormSchema,
): { readonly given: FormSchema; readonly nothing: FormSchema } | undefined => {
  const nothing = schema.anyOf?.find((each) => each.type === "null");
  const given = schema.anyOf?.find((each) => each.type !== "null");
  return schema.anyOf?.length === 2 && nothing !== undefined && given !== undefined ? { given, nothing } : undefined;
};

/** Whether an empty text means something: a field that says how long it may be, and not how long it must be. */
export const takesEmpty = ({ minLength = 0, maxLength, pattern }: FormSchema): boolean =>
  minLength === 0 && maxLength !== undefined && (pattern === undefined || new RegExp(pattern, "u").test(""));

/** What is wrong with one value by itself, in words, or null. A missing value is wrong only where it is required. */
export const faultOf = (schema: FormSchema, value: unknown, required = false): string | null => {
  if (value === "" && required && takesEmpty(schema)) return null;
  if (value === undefined || value === "" || value === null) return required ? "This is needed." : null;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return `Choose one of ${schema.enum.join(", ")}.`;
  if (typeof value === "string") {
    if (schema.minLength !== undefined && value.length < schema.minLength)
      return `At least ${schema.minLength} characters.`;
    if (schema.maxLength !== undefined && value.length > schema.maxLength)
      return `At most ${schema.maxLength.toLocaleString("en")} characters; these are ${value.length.toLocaleString("en")}.`;
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
      return schema.description === undefined
        ? "This does not have the form that is expected."
        : `Expected: ${schema.description}.`;
  }
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return "This is not a number.";
    if (schema.type === "integer" && !Number.isInteger(value)) return "A whole number.";
    if (schema.minimum !== undefined && value < schema.minimum)
      return `At least ${schema.minimum.toLocaleString("en")}.`;
    if (schema.maximum !== undefined && value > schema.maximum)
      return `At most ${schema.maximum.toLocaleString("en")}.`;
  }
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems) return `At least ${schema.minItems}.`;
    if (schema.maxItems !== undefined && value.length > schema.maxItems)
      return `At most ${schema.maxItems.toLocaleString("en")}.`;
  }
  return null;
};

const faultsIn = (schema: FormSchema, value: unknown, required: boolean, path: string): [string, string][] => {
  const { given = schema } = orNothing(schema) ?? {};
  const own = faultOf(given, value, required);
  if (own !== null) return [[path, own]];
  if (Array.isArray(value) && given.items !== undefined)
    return value.flatMap((item: unknown, index) => faultsIn(given.items!, item, true, `${path}.${index}`));
  return isRecord(value) && given.properties !== undefined ? Object.entries(faultsOf(given, value, `${path}.`)) : [];
};

/** An object with fields. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The faults of an object's fields by their path: `pin`, `updates.0.installAction`. What is optional and not given has none. */
export const faultsOf = (
  schema: FormSchema,
  values: Readonly<Record<string, unknown>>,
  before = "",
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      faultsIn(field, values[name], schema.required?.includes(name) ?? false, before + name),
    ),
  );

/** The defaults that the schema names. */
export const defaultsOf = (schema: FormSchema): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
      field.default === undefined ? [] : [[name, field.default]],
    ),
  );

/** `ObliterationBehavior` -> `Obliteration behavior`; `newName` -> `New name`; an acronym stays. */
export const labelOf = (name: string, schema: FormSchema): string => {
  if (schema.title !== undefined) return schema.title;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ");
  return words
    .map((word, index) =>
      /^[A-Z\d]{2,}$/.test(word) ? word : index === 0 ? word[0]!.toUpperCase() + word.slice(1) : word.toLowerCase(),
    )
    .join(" ");
};
