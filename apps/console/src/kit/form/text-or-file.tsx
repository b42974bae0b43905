import { Button, FileButton, Stack, Textarea } from "@mantine/core";
import { readFileText } from "./read-file-text.ts";

interface TextOrFileProps {
  label: string;
  description?: string;
  placeholder?: string;
  required?: boolean;
  /** Endings that the file chooser offers: `.pem,.crt`. */
  accept: string;
  value: string;
  error?: string | null;
  onChange: (text: string) => void;
}

/** A text that is pasted, or taken from a file; a file of bytes becomes base64. */
export const TextOrFile = ({ accept, onChange, value, ...field }: TextOrFileProps) => (
  <Stack gap={4}>
    <Textarea
      {...field}
      autosize
      minRows={2}
      maxRows={6}
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
    <div>
      <FileButton accept={accept} onChange={(file) => void (file && readFileText(file).then(onChange))}>
        {(props) => (
          <Button {...props} size="compact-xs" aria-label={`Choose a file: ${field.label}`}>
            Choose a file
          </Button>
        )}
      </FileButton>
    </div>
  </Stack>
);
