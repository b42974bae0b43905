import { Tooltip } from "@mantine/core";
import styles from "./state-badge.module.css";

/** green good, amber attention, red act now, blue in progress, grey unknown or not applicable. */
export type Tone = "good" | "attention" | "act" | "progress" | "unknown";

interface StateProps {
  tone: Tone;
  /** The field's own word. */
  word: string;
  /** What it waits for or why it is so; shown on hover and read out. */
  why?: string | null;
  /** A filled badge instead of a dot and a word. */
  filled?: boolean;
}

const SHAPES: Record<Tone, string> = {
  good: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z",
  attention: "M8 2l6.5 11.5h-13z",
  act: "M5 2h6l3 3v6l-3 3h-6l-3-3v-6z",
  progress: "M8 1.5a6.5 6.5 0 1 0 6.5 6.5h-6.5z",
  unknown: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zm0 2.5a3 3 0 1 1 0 6a3 3 0 0 1 0-6z",
};

/** A state: a shape and a word, coloured by what it asks of the reader. */
export const State = ({ tone, word, why, filled = false }: StateProps) => {
  const mark = (
    <span className={styles.state} data-tone={tone} data-filled={filled || undefined}>
      <svg viewBox="0 0 16 16" aria-hidden="true" className={styles.shape}>
        <path d={SHAPES[tone]} fillRule="evenodd" />
      </svg>
      <span className={styles.word}>{word}</span>
    </span>
  );
  return why ? (
    <Tooltip label={why} multiline maw={360}>
      {mark}
    </Tooltip>
  ) : (
    mark
  );
};
