import { Link } from "@tanstack/react-router";
import { Panel } from "../../kit/page.tsx";
import styles from "./batch-page.module.css";
import type { MacList } from "./batch-words.ts";

interface BatchReasonsProps {
  title: string;
  reasons: readonly { readonly reason: string; readonly devices: number }[];
  /** The list that has these Macs. */
  show: MacList;
}

/** Why it came to nothing, each reason with its number of Macs, the most frequent first. */
export const BatchReasons = ({ title, reasons, show }: BatchReasonsProps) =>
  reasons.length === 0 ? null : (
    <Panel title={title} flush>
      <ul className={styles.reasons} aria-label={title}>
        {reasons.map(({ reason, devices }) => (
          <li key={reason} className={styles.reason}>
            <Link to="." search={((before: object) => ({ ...before, show })) as never} replace>
              {reason === "" ? "The Mac gave no reason." : reason}
            </Link>
            <span className={styles.count}>{devices.toLocaleString("en")}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
