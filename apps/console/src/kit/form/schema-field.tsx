import { Checkbox, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { type FormSchema, labelOf } from "./json-schema.ts";

interface SchemaFieldProps {
  name: string;
  schema: FormSchema;
  required: boolean;
  value: unknown;
  fault: string | null;
  onChange: (value: unknown) => void;
}

const typeOf = (schema: FormSchema): string | undefined =>
  typeof schema.type === "string" ? schema.type : schema.type?.find((type) => type !== "null");

/** The control that a schema asks for; what has no control of its own is edited as JSON. */
export const SchemaField = ({ name, schema, required, value, fault, onChange }: SchemaFieldProps) => {
  const common = { label: labelOf(name, schema), description: schema.description, required, error: fault };
  const type = typeOf(schema);
  if (schema.enum !== undefined)
    return (
      <Select
        {...common}
        data={schema.enum.map(String)}
        value={value === undefined ? null : String(value as string)}
        clearable={!required}
        onChange={(chosen) => onChange(schema.enum?.find((each) => String(each) === chosen))}
      />
    );
  if (type === "boolean")
    return (
      <Checkbox
        {...common}
        required={false}
        checked={value === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  if (type === "integer" || type === "number")
    return (
      <NumberInput
        {...common}
        value={typeof value === "number" ? value : ""}
        allowDecimal={type === "number"}
        onChange={(given) => onChange(given === "" ? undefined : Number(given))}
      />
    );
  if (type === "string")
    return schema.maxLength !== undefined && schema.maxLength > 500 ? (
      <Textarea
        {...common}
        autosize
        minRows={2}
        maxRows={12}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    ) : (
      <TextInput
        {...common}
        value={typeof value === "string" ? value : ""}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
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
          onChange(event.currentTarget.value === "" ? undefined : event.currentTarget.value.split("\n"))
        }
      />
    );
  return <JsonField {...common} value={value} onChange={onChange} />;
};

interface JsonFieldProps {
  label: string;
  description: string | undefined;
  required: boolean;
  error: string | null;
  value: unknown;
  onChange: (value: unknown) => void;
}

const JsonField = ({ label, description, required, error, value, onChange }: JsonFieldProps) => {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState<string | null>(null);
  const type = (given: string) => {
    setText(given);
    try {
      onChange(given.trim() === "" ? undefined : (JSON.parse(given) as unknown));
      setWrong(null);
    } catch {
      setWrong("This is not JSON yet.");
    }
  };
  return (
    <Textarea
      label={`${label} (JSON)`}
      description={description}
      required={required}
      error={wrong ?? error}
      autosize
      minRows={3}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
    />
  );
};
