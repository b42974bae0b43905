import { Link } from "@tanstack/react-router";
import styles from "./tab-links.module.css";

export interface TabLink {
  readonly to: string;
  readonly label: string;
  readonly count?: number;
  readonly exact?: boolean;
}

/** Tabs that are places: each has a URL, Back works. */
export const TabLinks = ({ label, tabs }: { label: string; tabs: readonly TabLink[] }) => (
  <nav className={styles.tabs} aria-label={label}>
    {tabs.map((tab) => (
      <Link
        key={tab.to}
        to={tab.to}
        activeOptions={{ exact: tab.exact ?? false, includeSearch: false }}
        className={styles.tab}
      >
        {tab.label}
        {tab.count !== undefined && tab.count > 0 && <span className={styles.count}>{tab.count}</span>}
      </Link>
    ))}
  </nav>
);
