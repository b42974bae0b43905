import { type AuditEntry, actions, type InputOf, listEntries } from "@pomona/contract";
import { useCallback, useMemo } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { FilterBar } from "../../kit/table/filter-bar.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { actionSummary, inputLine, outcomeOf } from "./audit-words.ts";
import { ChainCheck } from "./chain-check.tsx";
import { EntryPanel } from "./entry-panel.tsx";

const columns: readonly Column<AuditEntry>[] = [
  {
    id: "at",
    title: "When",
    min: 116,
    grow: 0.8,
    cell: (entry) => <When at={entry.at} clock />,
    text: (entry) => entry.at,
  },
  {
    id: "actor",
    title: "Who",
    min: 140,
    cell: (entry) => <bdi>{entry.actor.name}</bdi>,
    text: (entry) => entry.actor.name,
  },
  {
    id: "action",
    title: "What",
    min: 220,
    grow: 2,
    cell: (entry) => <span title={entry.action}>{actionSummary(entry.action)}</span>,
    text: (entry) => entry.action,
  },
  {
    id: "outcome",
    title: "Outcome",
    min: 100,
    grow: 0.7,
    cell: (entry) => <State {...outcomeOf(entry)} why={entry.reason} />,
    text: (entry) => entry.outcome,
  },
  {
    id: "input",
    title: "With",
    min: 240,
    grow: 3,
    cell: (entry) => <span data-dimmed>{inputLine(entry.input)}</span>,
    text: (entry) => inputLine(entry.input),
  },
  {
    id: "address",
    title: "From",
    min: 120,
    cell: (entry) => entry.address ?? <span data-dimmed>this server</span>,
    text: (entry) => entry.address ?? "",
  },
];

const outcomes = ["done", "refused", "failed"] as const;

/** Who did what, and whether nobody changed the record since. */
export const ActivityPage = () => {
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const outcome = outcomes.find((each) => each === search["outcome"]);
  const question: InputOf<typeof listEntries> = {
    ...(search["actor"] ? { actor: search["actor"] } : {}),
    ...(search["action"] ? { action: search["action"] } : {}),
    ...(outcome === undefined ? {} : { outcome }),
  };
  const list = useActionPages(listEntries, { ...question, limit: 100 });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const actors = new Map(rows.map((entry) => [entry.actor.id, entry.actor.name]));
  const shown = rows.find((entry) => String(entry.sequence) === search["entry"]);
  return (
    <Page title="Activity" fills actions={<ChainCheck />}>
      <FilterBar
        fields={[
          {
            key: "outcome",
            title: "Outcome",
            values: outcomes.map((value) => ({ value, title: outcomeOf({ outcome: value }).word })),
          },
          { key: "actor", title: "Who", values: [...actors].map(([value, title]) => ({ value, title })) },
          {
            key: "action",
            title: "What",
            values: actions
              .filter(({ risk }) => risk !== "read")
              .map(({ name, summary }) => ({ value: name, title: summary })),
          },
        ]}
        filters={{ outcome, actor: question.actor, action: question.action }}
        onChange={({ filters }) => setSearch({ ...filters })}
      />
      <ListCard list={list} fills>
        <DataTable
          label="Activity"
          fills
          columns={columns}
          rows={rows}
          idOf={(entry) => String(entry.sequence)}
          linkOf={(entry) => ({ to: "/activity", search: { ...search, entry: String(entry.sequence) } })}
          currentId={search["entry"]}
          questionKey={JSON.stringify(question)}
          onEnd={onEnd}
          empty={
            <Empty title="Nothing was done yet">
              Every change that a person or a token makes is kept here, with who, when, from where, and what came of it.
            </Empty>
          }
        />
      </ListCard>
      {shown !== undefined && <EntryPanel entry={shown} onClose={() => setSearch({ entry: undefined })} />}
    </Page>
  );
};
