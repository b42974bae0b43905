import type { ReactNode } from "react";
import styles from "./empty.module.css";

interface EmptyProps {
  /** What belongs here. */
  title: string;
  /** Why it is empty, and what fills it. */
  children: ReactNode;
  /** The button that fills it. */
  action?: ReactNode;
}

/** An empty place: what belongs here, why it is empty, and the button that fills it. */
export const Empty = ({ title, children, action }: EmptyProps) => (
  <div className={styles.empty}>
    <p className={styles.title}>{title}</p>
    <div className={styles.text}>{children}</div>
    {action !== undefined && <div className={styles.action}>{action}</div>}
  </div>
);
