import { Button, FileButton, Group, Textarea } from "@mantine/core";
import { useState } from "react";
import { base64Of } from "./base64-of.ts";

interface Base64FieldProps {
  label: string;
  description: string | undefined;
  required: boolean;
  error: string | null;
  value: string;
  onChange: (value: string | undefined) => void;
}

/** Bytes: a file is chosen, or its base64 is pasted. */
export const Base64Field = ({ label, description, required, error, value, onChange }: Base64FieldProps) => {
  const [from, setFrom] = useState<string | null>(null);
  return (
    <div>
      <Textarea
        label={label}
        description={description}
        required={required}
        error={error}
        autosize
        minRows={2}
        maxRows={6}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
        value={value}
        onChange={(event) => {
          setFrom(null);
          onChange(event.currentTarget.value.replaceAll(/\s/g, "") || undefined);
        }}
      />
      <Group gap={8} mt={6}>
        <FileButton
          onChange={(file) => {
            if (file === null) return;
            setFrom(file.name);
            void file.arrayBuffer().then((bytes) => onChange(base64Of(new Uint8Array(bytes)) || undefined));
          }}
        >
          {(props) => <Button {...props}>Choose a file</Button>}
        </FileButton>
        {from !== null && <span data-dimmed>{from}</span>}
      </Group>
    </div>
  );
};
