import { type Batch, createBatch, listBatches } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useRows } from "../../client/use-rows.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { useShortcut } from "../../kit/keyboard.ts";
import { Page } from "../../kit/page.tsx";
import { StackedBar } from "../../kit/stacked-bar.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import styles from "./batch-page.module.css";
import { batchWord, progressParts, progressSentence } from "./batch-words.ts";
import { CommandsTabs } from "./commands-tabs.tsx";

const columns: readonly Column<Batch>[] = [
  { id: "name", title: "Name", min: 160, grow: 2, cell: (batch) => <bdi>{batch.name}</bdi>, text: ({ name }) => name },
  {
    id: "command",
    title: "Command",
    min: 150,
    grow: 1.4,
    cell: (batch) => batch.requestType,
    text: (batch) => batch.requestType,
  },
  {
    id: "state",
    title: "State",
    min: 110,
    cell: (batch) => (
      <State {...batchWord(batch)} why={batch.waitsFor === null ? null : `Waits for ${batch.waitsFor}`} />
    ),
    text: (batch) => batchWord(batch).word,
    live: (batch) => batch.state,
  },
  {
    id: "progress",
    title: "Acknowledged",
    min: 200,
    grow: 2,
    cell: (batch) => (
      <span className={styles.cell}>
        <StackedBar parts={progressParts(batch)} />
        <span className="tabular">{progressSentence(batch)}</span>
      </span>
    ),
    text: progressSentence,
    live: progressSentence,
  },
  {
    id: "by",
    title: "Asked by",
    min: 110,
    cell: (batch) => <bdi>{batch.actor}</bdi>,
    text: (batch) => batch.actor,
  },
  {
    id: "createdAt",
    title: "When",
    min: 100,
    cell: (batch) => <When at={batch.createdAt} />,
    text: (batch) => batch.createdAt,
  },
];

/** Commands that went to many Macs at once, newest first. */
export const BatchesPage = () => {
  const navigate = useNavigate();
  const { list, rows, onEnd } = useRows(listBatches, { limit: 50 });
  const toNew = () => void navigate({ to: "/commands/new" });
  useShortcut("n", "New batch", "Commands", toNew);
  const make = (
    <ActionButton action={createBatch} variant="filled" onClick={toNew}>
      New batch
    </ActionButton>
  );
  return (
    <Page title="Commands" fills actions={make}>
      <CommandsTabs />
      <ListCard list={list} fills>
        <DataTable
          label="Batches"
          fills
          columns={columns}
          rows={rows}
          idOf={(batch) => batch.id}
          linkOf={(batch) => ({ to: `/commands/batches/${batch.id}` })}
          onEnd={onEnd}
          empty={
            <Empty title="No batches" action={make}>
              A batch sends one MDM command to many Macs. It shows beforehand how many can take it, waits for the end of
              its undo window, and can be paused. A command to one Mac is sent on that Mac's page.
            </Empty>
          }
        />
      </ListCard>
    </Page>
  );
};
