import { type Batch, showBatch } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { CopyText } from "../../kit/copy-text.tsx";
import { counted } from "../../kit/count-words.ts";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { Countdown } from "../../kit/time/countdown.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlParam, useUrlSearch } from "../../kit/url.ts";
import { BatchButtons } from "./batch-buttons.tsx";
import { BatchMacs } from "./batch-macs.tsx";
import styles from "./batch-page.module.css";
import { BatchProgress } from "./batch-progress.tsx";
import { BatchReasons } from "./batch-reasons.tsx";
import { batchWord, MAC_LISTS, type MacList } from "./batch-words.ts";
import { CancelBatchPanel } from "./cancel-batch-panel.tsx";

const UP = { to: "/commands", label: "Commands" };
const LIST_TITLES: Record<MacList, string> = {
  all: "All Macs that got it or will",
  open: "Macs that have not answered",
  acknowledged: "Macs that did it",
  failed: "Macs that failed",
  expired: "Macs that ran out of time",
  cancelled: "Macs for which it was cancelled",
  refused: "Macs that cannot take it",
};

/** What the batch waits for, where a person may want to do something about it. */
const WaitNotice = ({ batch }: { batch: Batch }) => {
  if (batch.state === "waiting")
    return (
      <Notice
        tone="progress"
        title={`Nothing is sent yet: ${batch.requestType} goes to ${counted(batch.total, "Mac")} when the undo window ends`}
      >
        Sent in <Countdown until={batch.startsAt} over="a moment" />. Until then it can be cancelled whole.
      </Notice>
    );
  if (batch.state === "held")
    return (
      <Notice
        tone="attention"
        title={`Held: it waits for ${batch.waitsFor}`}
        action={batch.hold === "restored" ? <Link to="/commands/held">See what is held</Link> : null}
      />
    );
  if (batch.state === "paused")
    return (
      <Notice tone="attention" title="Paused: what was not sent waits until someone resumes it">
        Macs that were sent it before may still answer.
      </Notice>
    );
  return null;
};

/** A batch: what it waits for, how far it is, why it came to nothing, and its Macs. */
export const BatchPage = () => {
  const batchId = useUrlParam("batchId");
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const read = useAction(showBatch, { batchId });
  const batch = read.data;
  if (batch === undefined)
    return (
      <Page title="Batch" up={UP}>
        {read.error === null ? (
          <BlockSkeleton lines={8} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )}
      </Page>
    );
  const show = MAC_LISTS.find((each) => each === search["show"]) ?? "all";
  const isAsked = search["ask"] === "cancel" && ["running", "paused", "sending"].includes(batch.state);
  return (
    <Page
      title={batch.name}
      up={UP}
      beside={<State {...batchWord(batch)} filled />}
      lead={
        <>
          {batch.requestType} to {counted(batch.total, "Mac")}, by <bdi>{batch.actor}</bdi>,{" "}
          <When at={batch.createdAt} />
        </>
      }
      actions={<BatchButtons batch={batch} onAskCancel={() => setSearch({ ask: "cancel" })} />}
    >
      <WaitNotice batch={batch} />
      <BatchProgress batch={batch} />
      {batch.failures.length + batch.refusals.length > 0 && (
        <div className={styles.columns}>
          <BatchReasons title="Why it failed" reasons={batch.failures} show="failed" />
          <BatchReasons title="Why Macs cannot take it" reasons={batch.refusals} show="refused" />
        </div>
      )}
      <Panel
        title={LIST_TITLES[show]}
        flush
        beside={
          show !== "all" && (
            <Link to="." search={((before: object) => ({ ...before, show: undefined })) as never} replace>
              Show all
            </Link>
          )
        }
      >
        <BatchMacs batch={batch} show={show} />
      </Panel>
      <Panel title="About it">
        <FactsGrid
          rows={[
            { label: "Lane", value: batch.lane },
            { label: "Starts", value: <When at={batch.startsAt} /> },
            { label: "Finished", value: <When at={batch.finishedAt} never="not yet" /> },
            { label: "UUID of every command", value: <CopyText text={batch.commandUuid} what="command UUID" wrap /> },
            { label: "Id", value: <CopyText text={batch.id} what="batch id" wrap /> },
          ]}
        />
      </Panel>
      {isAsked && <CancelBatchPanel batch={batch} onClose={() => setSearch({ ask: undefined })} />}
    </Page>
  );
};
