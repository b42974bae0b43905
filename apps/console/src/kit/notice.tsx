import type { ReactNode } from "react";
import styles from "./notice.module.css";
import { State, type Tone } from "./state-badge.tsx";

interface NoticeProps {
  tone: Tone;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Something that the reader should know before the rest of the page. */
export const Notice = ({ tone, title, children, action }: NoticeProps) => (
  <div className={styles.notice} data-tone={tone}>
    <div className={styles.body}>
      <strong>
        <State tone={tone} word={title} />
      </strong>
      {children !== undefined && <div className={styles.text}>{children}</div>}
    </div>
    {action}
  </div>
);
