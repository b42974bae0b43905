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
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly minItems?: number;
}

/** What is wrong with a value, in words, or null. A missing value is wrong only where it is required. */
export const faultOf = (schema: FormSchema, value: unknown, required = false): string | null => {
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
  return null;
};

/** The faults of an object's fields, by name. */
export const faultsOf = (
  schema: FormSchema,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const fault = faultOf(field, values[name], schema.required?.includes(name) ?? false);
      return fault === null ? [] : [[name, fault]];
    }),
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
