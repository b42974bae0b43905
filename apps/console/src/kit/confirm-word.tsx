import { TextInput } from "@mantine/core";

interface ConfirmWordProps {
  /** What has to be typed, letter by letter. */
  word: string;
  typed: string;
  onChange: (typed: string) => void;
}

/** For what cannot be undone: a word to type, so that it is done by nobody in passing. */
export const ConfirmWord = ({ word, typed, onChange }: ConfirmWordProps) => (
  <TextInput
    label={`Type ${word} to confirm`}
    autoComplete="off"
    spellCheck={false}
    maw={320}
    value={typed}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);
