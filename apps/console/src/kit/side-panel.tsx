import { CloseButton } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import styles from "./side-panel.module.css";

interface SidePanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** A panel beside the list, which stays visible and usable; Esc closes it. */
export const SidePanel = ({ title, onClose, children }: SidePanelProps) => {
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <aside
      ref={panel}
      className={styles.panel}
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <CloseButton aria-label="Close" onClick={onClose} />
      </div>
      <div className={styles.body}>{children}</div>
    </aside>
  );
};
