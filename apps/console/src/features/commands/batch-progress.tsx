import type { Batch } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { Panel } from "../../kit/page.tsx";
import { StackedBar } from "../../kit/stacked-bar.tsx";
import { State } from "../../kit/state-badge.tsx";
import { LiveCell } from "../../kit/table/live-cell.tsx";
import styles from "./batch-page.module.css";
import { progressParts } from "./batch-words.ts";

/** How far a batch is: each state with its number, which leads to the Macs in it. */
export const BatchProgress = ({ batch }: { batch: Batch }) => {
  const parts = progressParts(batch);
  return (
    <Panel
      title="Progress"
      beside={
        <span className="tabular">
          {batch.progress.acknowledged.toLocaleString("en")} of {batch.total.toLocaleString("en")} acknowledged
        </span>
      }
    >
      <StackedBar parts={parts} />
      <ul className={styles.parts} aria-label="Macs by state">
        {parts
          .filter(({ count, label }) => count > 0 || label === "Acknowledged")
          .map(({ label, count, tone, list }) => (
            <li key={label} className={styles.part}>
              <State tone={count === 0 ? "unknown" : tone} word={label} />
              <span className={styles.count}>
                <LiveCell value={count}>
                  {list === null ? (
                    count.toLocaleString("en")
                  ) : (
                    <Link
                      to="."
                      search={((before: object) => ({ ...before, show: list })) as never}
                      replace
                      aria-label={`${label}: show ${count.toLocaleString("en")}`}
                    >
                      {count.toLocaleString("en")}
                    </Link>
                  )}
                </LiveCell>
              </span>
            </li>
          ))}
      </ul>
    </Panel>
  );
};
