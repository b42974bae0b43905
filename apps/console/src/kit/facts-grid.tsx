import type { ReactNode } from "react";
import styles from "./facts-grid.module.css";

export interface FactRow {
  readonly label: string;
  /** Null: never reported. */
  readonly value: ReactNode | null;
}

/** Labels and values; what was never reported says so. */
export const FactsGrid = ({ rows }: { rows: readonly FactRow[] }) => (
  <dl className={styles.grid}>
    {rows.map((row) => (
      <div key={row.label} className={styles.pair}>
        <dt className={styles.label}>{row.label}</dt>
        <dd className={styles.value}>{row.value ?? <span data-dimmed>not reported</span>}</dd>
      </div>
    ))}
  </dl>
);
