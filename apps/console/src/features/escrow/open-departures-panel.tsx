import { Table } from "@mantine/core";
import { listDepartures } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { useAction } from "../../client/use-action.ts";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { stepWord } from "./departure-words.ts";

/** The runbooks of departed users' Macs that are open: where each is, and what it waits for. */
export const OpenDeparturesPanel = () => {
  const read = useAction(listDepartures, { limit: 100 });
  if (read.data === undefined)
    return read.error === null ? null : <ProblemPanel problem={read.error} retry={() => void read.refetch()} />;
  const { items, nextCursor } = read.data;
  const count = nextCursor === null ? String(items.length) : `more than ${items.length}`;
  return (
    <Panel
      title="Macs of people who have left"
      flush={items.length > 0}
      beside={<State tone={items.length === 0 ? "good" : "attention"} word={items.length === 0 ? "None" : count} />}
    >
      {items.length === 0 ? (
        "No runbook is open. One is started on a Mac's page, More actions, The user has left."
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table horizontalSpacing={16} aria-label="Macs of people who have left">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Mac</Table.Th>
                <Table.Th>Step</Table.Th>
                <Table.Th>What to do</Table.Th>
                <Table.Th>Started</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((each) => (
                <Table.Tr key={each.deviceId}>
                  <Table.Td>
                    <Link to={`/devices/${each.deviceId}/departure`}>
                      <bdi>{each.deviceName}</bdi>
                    </Link>
                  </Table.Td>
                  <Table.Td>
                    {each.title} <State {...stepWord(each.state)} />
                  </Table.Td>
                  <Table.Td>{each.todo ?? ""}</Table.Td>
                  <Table.Td>
                    <When at={each.startedAt} /> by <bdi>{each.startedBy}</bdi>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
};
