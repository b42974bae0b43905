import { UnstyledButton } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import styles from "./copy-text.module.css";
import { toast } from "./toasts.ts";

interface CopyTextProps {
  /** What is copied and, without `children`, shown. */
  text: string;
  /** What it is, for the button's name: `serial number`. */
  what: string;
  /** Wraps instead of being cut: for hashes that are read. */
  wrap?: boolean;
}

/** An id, path or hash in the monospaced face; a click copies it. */
export const CopyText = ({ text, what, wrap = false }: CopyTextProps) => {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch {
      toast({ tone: "attention", title: "Not copied", text: "The browser did not allow it. Select the text instead." });
    }
  };
  return (
    <UnstyledButton
      className={styles.copy}
      data-wrap={wrap || undefined}
      aria-label={`Copy ${what} ${text}`}
      title={text}
      onClick={() => void copy()}
    >
      <bdi className={styles.text}>{text}</bdi>
      {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} className={styles.icon} aria-hidden />}
      <span role="status" className="visually-hidden">
        {copied ? "Copied" : ""}
      </span>
    </UnstyledButton>
  );
};

/** The same face for what is not worth copying. */
export const Mono = ({ children }: { children: string }) => <bdi className={styles.text}>{children}</bdi>;
