import type { ReactNode } from "react";
import { State, type Tone } from "./state-badge.tsx";
import styles from "./step-list.module.css";
import { When } from "./time/when.tsx";

/** Steps in their order, each with its state; the one whose turn it is stands out. */
export const StepList = ({ label, children }: { label: string; children: ReactNode }) => (
  <ol className={styles.steps} aria-label={label}>
    {children}
  </ol>
);

interface StepProps {
  number: number;
  title: string;
  state: { readonly word: string; readonly tone: Tone; readonly why?: string | null };
  /** When the state began. */
  at?: string | null;
  isCurrent: boolean;
  children?: ReactNode;
}

/** One step of a list of steps. */
export const Step = ({ number, title, state, at = null, isCurrent, children }: StepProps) => (
  <li
    className={styles.step}
    data-current={isCurrent || undefined}
    {...(isCurrent ? { "aria-current": "step" as const } : {})}
    aria-label={title}
  >
    <span className={styles.number} aria-hidden="true">
      {number}
    </span>
    <div className={styles.body}>
      <div className={styles.head}>
        <h3 className={styles.title}>{title}</h3>
        <State {...state} />
        {at !== null && (
          <span className={styles.when}>
            <When at={at} />
          </span>
        )}
      </div>
      {children}
    </div>
  </li>
);
