import { Button } from "@mantine/core";
import { type CommandOfMac, listDeadLetters } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useRows } from "../../client/use-rows.ts";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { useSelection } from "../../kit/table/use-selection.ts";
import { When } from "../../kit/time/when.tsx";
import { ChosenCommandsBar } from "./chosen-commands-bar.tsx";
import { DEAD_LETTERS } from "./command-words.ts";
import { CommandsTabs } from "./commands-tabs.tsx";

const columns: readonly Column<CommandOfMac>[] = [
  {
    id: "command",
    title: "Command",
    min: 160,
    grow: 1.4,
    cell: (command) => command.requestType,
    text: (command) => command.requestType,
  },
  {
    id: "mac",
    title: "Mac",
    min: 150,
    grow: 1.6,
    cell: (command) => <bdi>{command.deviceName}</bdi>,
    text: (command) => command.deviceName,
  },
  {
    id: "state",
    title: "Given up because",
    min: 140,
    cell: (command) => <State {...DEAD_LETTERS[command.deadLetter ?? "expired"]} />,
    text: (command) => DEAD_LETTERS[command.deadLetter ?? "expired"].word,
  },
  {
    id: "why",
    title: "What to do",
    min: 260,
    grow: 4,
    cell: (command) => <span title={command.error ?? ""}>{command.error}</span>,
    text: (command) => command.error ?? "",
  },
  { id: "by", title: "Asked by", min: 100, cell: (command) => <bdi>{command.actor}</bdi>, text: ({ actor }) => actor },
  {
    id: "asked",
    title: "Asked",
    min: 96,
    cell: (command) => <When at={command.createdAt} />,
    text: (command) => command.createdAt,
  },
  {
    id: "givenUp",
    title: "Given up",
    min: 96,
    cell: (command) => <When at={command.answeredAt} />,
    text: (command) => command.answeredAt ?? "",
  },
];

/** Commands that were given up without an answer, until somebody sends them again or lets them be. */
export const DeadLettersPage = () => {
  const { list, rows, onEnd } = useRows(listDeadLetters, { limit: 100 });
  const { selected, toggle, choose, clear } = useSelection();
  const chosen = rows.filter(({ id }) => selected.has(id));
  return (
    <Page
      title="Commands"
      fills
      actions={
        rows.length > 0 && (
          <Button onClick={() => choose(chosen.length === rows.length ? [] : rows.map(({ id }) => id))}>
            {chosen.length === rows.length ? "Choose none" : `Choose all ${rows.length.toLocaleString("en")}`}
          </Button>
        )
      }
    >
      <CommandsTabs />
      <ListCard list={list} fills>
        <DataTable
          label="Dead letters"
          fills
          columns={columns}
          rows={rows}
          idOf={(command) => command.id}
          linkOf={(command) => ({ to: `/devices/${command.deviceId}/commands`, search: { command: command.id } })}
          onEnd={onEnd}
          selected={selected}
          onSelect={toggle}
          empty={
            <Empty
              title="No dead letters"
              action={<Button renderRoot={(props) => <Link to="/commands" {...props} />}>See the batches</Button>}
            >
              A command ends up here when its Mac took it six times and never said a word, or did not answer before its
              time ran out. From here it is sent again, or let be.
            </Empty>
          }
        />
      </ListCard>
      {chosen.length > 0 && <ChosenCommandsBar areDeadLetters chosen={chosen} onClear={clear} />}
    </Page>
  );
};
