import { CloseButton, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { Ref } from "react";
import styles from "./code-block.module.css";

interface CodeBlockProps {
  text: string;
  /** What it is, for screen readers and the copy button. */
  label: string;
  /** Grows to here, then scrolls. */
  maxHeight?: number;
  ref?: Ref<HTMLPreElement>;
}

/** Text to read or copy, in the monospaced face; long lines scroll inside. */
export const CodeBlock = ({ text, label, maxHeight = 360, ref }: CodeBlockProps) => (
  <div className={styles.block}>
    <pre ref={ref} className={styles.text} style={{ maxHeight }} tabIndex={0} aria-label={label} role="region">
      {text}
    </pre>
    <div className={styles.copy}>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy"}>
            <CloseButton
              icon={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
              aria-label={`Copy ${label}`}
              onClick={copy}
            />
          </Tooltip>
        )}
      </CopyButton>
    </div>
  </div>
);
