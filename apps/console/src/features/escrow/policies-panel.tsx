import { Table } from "@mantine/core";
import { listPolicies, type RotationPolicy } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { SECRET_TITLES } from "./secret-words.ts";

const days = (count: number): string => (count === 1 ? "1 day" : `${count.toLocaleString("en")} days`);

const PolicyRow = ({ policy }: { policy: RotationPolicy }) => (
  <Table.Tr>
    <Table.Td>{SECRET_TITLES[policy.kind]}</Table.Td>
    <Table.Td>{policy.isAutomatic ? "by itself" : "when a person asks"}</Table.Td>
    <Table.Td>{policy.everyDays === null ? "never by time" : `every ${days(policy.everyDays)}`}</Table.Td>
    <Table.Td>{policy.afterRevealMinutes === null ? "no" : `after ${policy.afterRevealMinutes} minutes`}</Table.Td>
    <Table.Td>{days(policy.keepOldDays)}</Table.Td>
  </Table.Tr>
);

/** How each kind of secret is kept and replaced. */
export const PoliciesPanel = () => {
  const read = useAction(listPolicies, {});
  return (
    <Panel title="How secrets are kept" flush>
      {read.data === undefined && read.error !== null && (
        <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
      )}
      {read.data === undefined && read.error === null && <RowsSkeleton rows={4} />}
      {read.data !== undefined && (
        <Table.ScrollContainer minWidth={640}>
          <Table horizontalSpacing={16} aria-label="How secrets are kept">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>Set up</Table.Th>
                <Table.Th>Replaced</Table.Th>
                <Table.Th>Replaced after it was seen</Table.Th>
                <Table.Th>Earlier ones are kept for</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {read.data.items.map((policy) => (
                <PolicyRow key={policy.kind} policy={policy} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
};
