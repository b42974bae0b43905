import { Textarea } from "@mantine/core";
import { useState } from "react";

interface JsonFieldProps {
  label: string;
  description: string | undefined;
  required: boolean;
  error: string | null;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** For what has no control of its own. */
export const JsonField = ({ label, description, required, error, value, onChange }: JsonFieldProps) => {
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
