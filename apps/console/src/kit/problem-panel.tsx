import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemError } from "../client/problem-error.ts";
import { CopyText } from "./copy-text.tsx";
import styles from "./problem-panel.module.css";
import { State } from "./state-badge.tsx";

interface ProblemPanelProps {
  problem: Error;
  /** Tries the same again. */
  retry?: () => void;
  children?: ReactNode;
}

/** What went wrong, why, and what to do next, with the code to quote. */
export const ProblemPanel = ({ problem, retry, children }: ProblemPanelProps) => {
  const known = problem instanceof ProblemError ? problem : null;
  return (
    <div className={styles.problem} role="alert">
      <strong>
        <State tone="act" word={known?.title ?? "This page met an error of its own"} />
      </strong>
      <p className={styles.text}>
        {known === null ? `${problem.message}. Reload the page; if it stays, report it with this text.` : known.message}
      </p>
      {known !== null && known.fields.length > 0 && (
        <ul className={styles.fields}>
          {known.fields.map((field) => (
            <li key={`${field.path} ${field.message}`}>
              <code>{field.path}</code> {field.message}
            </li>
          ))}
        </ul>
      )}
      <div className={styles.foot}>
        {retry !== undefined && <Button onClick={retry}>Try again</Button>}
        {children}
        <span className={styles.code}>
          Code <CopyText text={known?.code ?? problem.name} what="code" />
          {known !== null && known.instance !== null && (
            <>
              {" "}
              Request <CopyText text={known.instance} what="request id" />
            </>
          )}
        </span>
      </div>
    </div>
  );
};
