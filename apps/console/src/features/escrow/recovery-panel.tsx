import type { RecoverySummary } from "@pomona/contract";
import { Panel } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { ConfirmDrillForm } from "./confirm-drill-form.tsx";
import { RECOVERY_WORDS } from "./recovery-words.ts";

/** Whether all that is held would survive the loss of this server, and how to prove it. */
export const RecoveryPanel = ({ summary }: { summary: RecoverySummary }) => (
  <Panel title="If this server is lost" beside={<State {...RECOVERY_WORDS[summary.state]} />}>
    <p>
      {summary.advice ?? (
        <>
          A recovery bundle opened in a drill <When at={summary.testedAt} />. With it everything here opens without this
          server.
        </>
      )}
    </p>
    {summary.exportedAt !== null && <ConfirmDrillForm />}
  </Panel>
);
