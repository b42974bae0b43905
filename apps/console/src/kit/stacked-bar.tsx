import styles from "./stacked-bar.module.css";
import type { Tone } from "./state-badge.tsx";

export interface BarPart {
  readonly label: string;
  readonly count: number;
  readonly tone: Tone;
}

/** Parts of a whole at a glance; whoever uses it has the numbers beside it, so nothing is told by colour alone. */
export const StackedBar = ({ parts }: { parts: readonly BarPart[] }) => (
  <div className={styles.bar} aria-hidden="true">
    {parts
      .filter(({ count }) => count > 0)
      .map(({ label, count, tone }) => (
        <span key={label} className={styles.part} data-tone={tone} style={{ flex: `${count} 0 0` }} title={label} />
      ))}
  </div>
);
