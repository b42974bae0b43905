import { Button } from "@mantine/core";
import { type InputOf, listIncidents } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { Empty } from "../../kit/empty.tsx";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { incidentColumns } from "./incident-columns.tsx";

interface IncidentsTableProps {
  question: InputOf<typeof listIncidents>;
  without?: readonly string[];
  fills?: boolean;
}

/** Incidents that fit the question, newest first. */
export const IncidentsTable = ({ question, without = [], fills = false }: IncidentsTableProps) => {
  const list = useActionPages(listIncidents, { ...question, limit: 100 });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const narrowed = question.state !== undefined || question.ruleId !== undefined;
  return (
    <>
      <ListCard list={list} fills={fills}>
        <DataTable
          label="Incidents"
          fills={fills}
          columns={incidentColumns.filter((column) => !without.includes(column.id))}
          rows={rows}
          idOf={(incident) => incident.id}
          linkOf={(incident) => ({ to: `/protection/incidents/${incident.id}` })}
          questionKey={JSON.stringify(question)}
          onEnd={onEnd}
          empty={
            <Empty
              title={narrowed ? "No incident like this" : "No incidents"}
              action={
                <Button renderRoot={(props) => <Link to="/protection/rules" {...props} />}>See the block rules</Button>
              }
            >
              {narrowed
                ? "Remove a filter to see the others."
                : "When a process matches a block rule, it appears here within a second, with what was done about it."}
            </Empty>
          }
        />
      </ListCard>
    </>
  );
};
