import { type Batch, type CommandOfMac, type InputOf, listBatchCommands, listRefused } from "@pomona/contract";
import { useRows } from "../../client/use-rows.ts";
import { Empty } from "../../kit/empty.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { useSelection } from "../../kit/table/use-selection.ts";
import { When } from "../../kit/time/when.tsx";
import type { MacList } from "./batch-words.ts";
import { ChosenCommandsBar } from "./chosen-commands-bar.tsx";
import { commandWord, isRetryable } from "./command-words.ts";

interface RefusedMac {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly reason: string;
}

const commandColumns: readonly Column<CommandOfMac>[] = [
  {
    id: "mac",
    title: "Mac",
    min: 160,
    grow: 1.6,
    cell: (command) => <bdi>{command.deviceName}</bdi>,
    text: (command) => command.deviceName,
  },
  {
    id: "state",
    title: "State",
    min: 130,
    cell: (command) => (
      <State {...commandWord(command)} why={null} {...(command.retriedBy === null ? {} : { word: "Sent again" })} />
    ),
    text: (command) => (command.retriedBy === null ? commandWord(command).word : "Sent again"),
    live: (command) => `${command.state} ${command.retriedBy}`,
  },
  {
    id: "why",
    title: "Waits for, or why",
    min: 240,
    grow: 3,
    cell: (command) => {
      const { why } = commandWord(command);
      return <span title={why ?? ""}>{why}</span>;
    },
    text: (command) => commandWord(command).why ?? "",
  },
  {
    id: "notNow",
    title: "Put off",
    min: 70,
    grow: 0.5,
    align: "right",
    cell: (command) => command.notNowCount,
    text: (command) => String(command.notNowCount),
  },
  {
    id: "when",
    title: "Last change",
    min: 110,
    cell: (command) => <When at={command.answeredAt ?? command.sentAt ?? command.createdAt} />,
    text: (command) => command.answeredAt ?? command.sentAt ?? command.createdAt,
  },
];

const refusedColumns: readonly Column<RefusedMac>[] = [
  { id: "mac", title: "Mac", min: 160, cell: (mac) => <bdi>{mac.deviceName}</bdi>, text: (mac) => mac.deviceName },
  {
    id: "why",
    title: "Why it cannot take it",
    min: 240,
    grow: 3,
    cell: (mac) => <span title={mac.reason}>{mac.reason}</span>,
    text: (mac) => mac.reason,
  },
];

const RefusedMacs = ({ batchId }: { batchId: string }) => {
  const { list, rows, onEnd } = useRows(listRefused, { batchId, limit: 200 });
  if (list.data === undefined)
    return list.error === null ? (
      <RowsSkeleton rows={4} />
    ) : (
      <ProblemPanel problem={list.error} retry={() => void list.refetch()} />
    );
  return (
    <DataTable
      label="Macs of the batch"
      columns={refusedColumns}
      rows={rows}
      idOf={(mac) => mac.deviceId}
      linkOf={(mac) => ({ to: `/devices/${mac.deviceId}` })}
      onEnd={onEnd}
      empty={<Empty title="No Mac was refused">Each of its Macs can take this command.</Empty>}
    />
  );
};

type Commands = InputOf<typeof listBatchCommands>["state"];

const CommandMacs = ({ batch, state }: { batch: Batch; state: Commands }) => {
  const { list, rows, onEnd } = useRows(listBatchCommands, {
    batchId: batch.id,
    limit: 200,
    ...(state === undefined ? {} : { state }),
  });
  const { selected, toggle, clear } = useSelection();
  const chosen = rows.filter((command) => selected.has(command.id) && isRetryable(command));
  const isChosenFrom = state === "failed" || state === "expired";
  if (list.data === undefined)
    return list.error === null ? (
      <RowsSkeleton rows={4} />
    ) : (
      <ProblemPanel problem={list.error} retry={() => void list.refetch()} />
    );
  return (
    <>
      <DataTable
        label="Macs of the batch"
        {...(isChosenFrom ? { selected, onSelect: toggle } : {})}
        columns={commandColumns}
        rows={rows}
        idOf={(command) => command.id}
        linkOf={(command) => ({ to: `/devices/${command.deviceId}/commands`, search: { command: command.id } })}
        questionKey={state ?? ""}
        onEnd={onEnd}
        empty={
          <Empty title="No Mac here">
            {batch.state === "waiting" || batch.state === "held"
              ? "Its commands are put into the Macs' queues when it begins."
              : "No command of this batch is in this state now."}
          </Empty>
        }
      />
      {chosen.length > 0 && <ChosenCommandsBar chosen={chosen} onClear={clear} />}
    </>
  );
};

/** The Macs of a batch in one state, with what each waits for or what went wrong; Enter opens the Mac. */
export const BatchMacs = ({ batch, show }: { batch: Batch; show: MacList }) =>
  show === "refused" ? (
    <RefusedMacs batchId={batch.id} />
  ) : (
    <CommandMacs key={show} batch={batch} state={show === "all" ? undefined : show} />
  );
