import { Stack } from "@mantine/core";
import type { OutputOf, previewBatch } from "@pomona/contract";
import type { ProblemError } from "../../client/problem-error.ts";
import { counted } from "../../kit/count-words.ts";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { duration } from "../../kit/time/format-duration.ts";
import styles from "./new-batch-page.module.css";
import { riskWord } from "./risk-words.ts";

export type Preview = OutputOf<typeof previewBatch>;

interface BatchPreviewProps {
  requestType: string;
  /** Of the command by itself, to one Mac. */
  riskToOne: string;
  preview: Preview | undefined;
  problem: ProblemError | null;
  retry: () => void;
}

/** What would happen: how many Macs can take it, which cannot and why, how bad it can get, how long it can be taken back. */
export const BatchPreview = ({ requestType, riskToOne, preview, problem, retry }: BatchPreviewProps) => {
  if (problem !== null) return <ProblemPanel problem={problem} retry={retry} />;
  if (preview === undefined) return <BlockSkeleton lines={4} />;
  const { total, possible, refusals, unknown, risk, undoSeconds } = preview;
  const { word, tone, why } = riskWord(risk);
  return (
    <Stack gap={12}>
      <div>
        <strong>
          {requestType} to {counted(possible, "Mac")}
        </strong>
        {possible !== total && <> of {total.toLocaleString("en")} that are meant</>}
      </div>
      <div>
        <State tone={tone} word={word} />{" "}
        <span data-dimmed>
          {risk === riskToOne ? why : "To many Macs at once it counts as this, whatever it is to one."}
        </span>
      </div>
      <div data-dimmed>
        {undoSeconds === 0
          ? "It goes out at once: a command of this risk has no undo window here."
          : `It can be taken back whole for ${duration(undoSeconds * 1000)}; after that nothing that was sent comes back.`}
      </div>
      {refusals.length > 0 && (
        <div>
          <State tone="attention" word={`${counted(total - possible, "Mac")} cannot take it`} />
          <ul className={styles.reasons} aria-label="Why Macs cannot take it">
            {refusals.map(({ reason, devices }) => (
              <li key={reason}>
                <span>{reason}</span>
                <span className="tabular">{devices.toLocaleString("en")}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {unknown.length > 0 && (
        <Notice tone="attention" title={`${counted(unknown.length, "of the named", "of the named")} not known here`}>
          They are no Macs of this tenant, and are left out.
        </Notice>
      )}
      {total === 0 && <Notice tone="attention" title="No Mac matches" />}
    </Stack>
  );
};
