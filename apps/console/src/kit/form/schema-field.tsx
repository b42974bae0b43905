import { Button, Checkbox, MultiSelect, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { Base64Field } from "./base64-field.tsx";
import { isBase64Pattern } from "./base64-of.ts";
import { JsonField } from "./json-field.tsx";
import { type FormSchema, isRecord, labelOf, orNothing, takesEmpty, typeOf } from "./json-schema.ts";
import styles from "./schema-field.module.css";

interface SchemaFieldProps {
  name: string;
  /** Where its value stands in the whole: `updates.0.priority`. */
  path: string;
  schema: FormSchema;
  required: boolean;
  value: unknown;
  /** What to show as wrong at a path; null also for what nobody has touched yet. */
  faultAt: (path: string) => string | null;
  /** @param touched the path that was changed */
  onChange: (value: unknown, touched: string) => void;
}

/** The control that a schema asks for, groups and lists with what they hold; what has no control of its own is edited as JSON. */
export const SchemaField = (props: SchemaFieldProps) => {
  const { name, path, schema, required, value, faultAt } = props;
  const common = { label: labelOf(name, schema), description: schema.description, required, error: faultAt(path) };
  const change = (next: unknown) => props.onChange(next, path);
  const type = typeOf(schema);
  const choice = orNothing(schema);
  if (choice !== undefined)
    return (
      <div className={styles.fields}>
        <Checkbox
          label={`${common.label}: ${choice.nothing.description ?? "nothing"}`}
          checked={value === null}
          onChange={(event) => change(event.currentTarget.checked ? null : undefined)}
        />
        {value !== null && <SchemaField {...props} schema={choice.given} />}
      </div>
    );
  if (schema.enum !== undefined)
    return (
      <Select
        {...common}
        data={schema.enum.map(String)}
        value={value === undefined ? null : String(value as string)}
        clearable={!required}
        onChange={(chosen) => change(schema.enum?.find((each) => String(each) === chosen))}
      />
    );
  if (type === "boolean" && schema.default !== undefined)
    return (
      <Checkbox
        {...common}
        required={false}
        checked={value === true}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    );
  // To say nothing is not the same as to say no: a setting that is not named stays as it is.
  if (type === "boolean")
    return (
      <Select
        {...common}
        data={["Yes", "No"]}
        placeholder="Not said"
        clearable={!required}
        value={value === undefined ? null : value === true ? "Yes" : "No"}
        onChange={(chosen) => change(chosen === null ? undefined : chosen === "Yes")}
      />
    );
  if (type === "integer" || type === "number")
    return (
      <NumberInput
        {...common}
        value={typeof value === "number" ? value : ""}
        allowDecimal={type === "number"}
        onChange={(given) => change(given === "" ? undefined : Number(given))}
      />
    );
  if (type === "string") {
    const text = typeof value === "string" ? value : "";
    if (isBase64Pattern(schema.pattern)) return <Base64Field {...common} value={text} onChange={change} />;
    const Input = schema.maxLength !== undefined && schema.maxLength > 2048 ? Textarea : TextInput;
    const input = (
      <Input {...common} value={text} onChange={(event) => change(event.currentTarget.value || undefined)} />
    );
    if (!required || !takesEmpty(schema)) return input;
    return (
      <div className={styles.fields}>
        {value === "" ? null : input}
        <Checkbox
          label={`${common.label}: empty on purpose`}
          checked={value === ""}
          onChange={(event) => change(event.currentTarget.checked ? "" : undefined)}
        />
      </div>
    );
  }
  if (type === "array" && schema.items?.enum !== undefined)
    return (
      <MultiSelect
        {...common}
        searchable
        clearable
        data={schema.items.enum.map(String)}
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(chosen) => change(chosen.length === 0 ? undefined : chosen)}
      />
    );
  if (type === "array" && schema.items !== undefined && typeOf(schema.items) === "string")
    return (
      <Textarea
        {...common}
        description={`${schema.description ?? ""} One per line.`.trim()}
        autosize
        minRows={2}
        value={Array.isArray(value) ? value.join("\n") : ""}
        onChange={(event) =>
          change(event.currentTarget.value === "" ? undefined : event.currentTarget.value.split("\n"))
        }
      />
    );
  if (type === "array" && schema.items?.properties !== undefined) return <ListField {...props} items={schema.items} />;
  if (schema.properties !== undefined) return <GroupField {...props} properties={schema.properties} />;
  return <JsonField {...common} value={value} onChange={change} />;
};

const About = ({ schema, fault }: { schema: FormSchema; fault: string | null }) => (
  <>
    {schema.description !== undefined && <p className={styles.about}>{schema.description}</p>}
    {fault !== null && (
      <p className={styles.fault} role="alert">
        {fault}
      </p>
    )}
  </>
);

/** Fields that belong together; a group that is not needed and in which nothing stands is not given. */
const GroupField = (props: SchemaFieldProps & { properties: NonNullable<FormSchema["properties"]> }) => {
  const { name, path, schema, required, faultAt, properties } = props;
  const value = isRecord(props.value) ? props.value : {};
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{labelOf(name, schema)}</legend>
      <About schema={schema} fault={faultAt(path)} />
      <div className={styles.fields}>
        {Object.entries(properties).map(([field, inner]) => (
          <SchemaField
            key={field}
            name={field}
            path={`${path}.${field}`}
            schema={inner}
            required={schema.required?.includes(field) ?? false}
            value={value[field]}
            faultAt={faultAt}
            onChange={(given, touched) => {
              const { [field]: _, ...others } = value;
              const next = given === undefined ? others : { ...others, [field]: given };
              props.onChange(Object.keys(next).length === 0 && !required ? undefined : next, touched);
            }}
          />
        ))}
      </div>
    </fieldset>
  );
};

/** As many groups of the same fields as are added. */
const ListField = (props: SchemaFieldProps & { items: FormSchema }) => {
  const { name, path, schema, faultAt, items } = props;
  const value: readonly unknown[] = Array.isArray(props.value) ? (props.value as unknown[]) : [];
  const change = (next: readonly unknown[], touched: string) =>
    props.onChange(next.length === 0 ? undefined : next, touched);
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{labelOf(name, schema)}</legend>
      <About schema={schema} fault={faultAt(path)} />
      <div className={styles.fields}>
        {value.map((item, index) => (
          <div key={index} className={styles.fields}>
            <SchemaField
              name={`${index + 1}`}
              path={`${path}.${index}`}
              schema={items}
              required
              value={item}
              faultAt={faultAt}
              onChange={(given, touched) => change(value.with(index, given ?? {}), touched)}
            />
            <div>
              <Button
                variant="subtle"
                color="gray"
                onClick={() => change(value.toSpliced(index, 1), path)}
                aria-label={`Remove number ${index + 1} of ${labelOf(name, schema)}`}
              >
                Remove
              </Button>
            </div>
          </div>
        ))}
        <div>
          <Button onClick={() => change([...value, {}], path)}>Add one</Button>
        </div>
      </div>
    </fieldset>
  );
};
