import { Link } from "@tanstack/react-router";
import styles from "./bar-list.module.css";

export interface Bar {
  readonly label: string;
  readonly count: number;
  readonly to?: string;
  readonly search?: Readonly<Record<string, unknown>>;
}

/** Shares of a whole: name, bar, count; the numbers stand beside the bars, so nothing is told by length alone. */
export const BarList = ({ label, bars, total }: { label: string; bars: readonly Bar[]; total: number }) => (
  <ul className={styles.list} aria-label={label}>
    {bars.map((bar) => (
      <li key={bar.label} className={styles.bar}>
        {bar.to === undefined ? (
          <span className={styles.name}>{bar.label}</span>
        ) : (
          <Link to={bar.to} search={bar.search ?? {}} className={styles.name}>
            {bar.label}
          </Link>
        )}
        <span className={styles.track} aria-hidden="true">
          <span className={styles.fill} style={{ width: `${total === 0 ? 0 : (100 * bar.count) / total}%` }} />
        </span>
        <span className={styles.count}>{bar.count.toLocaleString("en")}</span>
      </li>
    ))}
  </ul>
);
