import type { ReactNode } from "react";
import styles from "./table-card.module.css";

/** The frame around a table: edge to edge, and as high as the page where asked. */
export const TableCard = ({ fills = false, children }: { fills?: boolean; children: ReactNode }) => (
  <div className={styles.card} data-fills={fills || undefined}>
    {children}
  </div>
);
