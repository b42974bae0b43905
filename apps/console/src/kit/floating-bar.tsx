import type { ReactNode } from "react";
import styles from "./floating-bar.module.css";

/** A bar above the page's lower edge, for what is chosen. */
export const FloatingBar = ({ label, children }: { label: string; children: ReactNode }) => (
  <section className={styles.bar} aria-label={label}>
    {children}
  </section>
);
