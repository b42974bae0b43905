import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import styles from "./page.module.css";

interface PageProps {
  title: string;
  /** The page above, for the way back. */
  up?: { to: string; label: string };
  /** What stands beside the title: a state, a count. */
  beside?: ReactNode;
  actions?: ReactNode;
  /** Under the title, one quiet line. */
  lead?: ReactNode;
  /** The content fills the window and scrolls inside itself. */
  fills?: boolean;
  /** A column that is read, not scanned. */
  narrow?: boolean;
  children: ReactNode;
}

/** The frame of every page: one heading, its actions to the right, the content below. */
export const Page = ({ title, up, beside, actions, lead, fills = false, narrow = false, children }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · Pomona`;
  }, [title]);
  return (
    <div className={styles.page} data-fills={fills || undefined} data-narrow={narrow || undefined}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {up !== undefined && (
            <Link to={up.to} className={styles.up}>
              {up.label}
            </Link>
          )}
          <div className={styles.line}>
            <h1 className={styles.title}>
              <bdi>{title}</bdi>
            </h1>
            {beside}
          </div>
          {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
};

interface PanelProps {
  title?: string;
  beside?: ReactNode;
  /** Edge to edge: for tables and lists. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled block of a page. */
export const Panel = ({ title, beside, flush = false, children }: PanelProps) => (
  <section className={styles.panel} {...(title === undefined ? {} : { "aria-label": title })}>
    {title !== undefined && (
      <div className={styles.panelHead}>
        <h2 className={styles.panelTitle}>{title}</h2>
        {beside !== undefined && <div className={styles.panelBeside}>{beside}</div>}
      </div>
    )}
    <div className={flush ? styles.flush : styles.panelBody}>{children}</div>
  </section>
);
