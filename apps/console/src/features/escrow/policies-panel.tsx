import { Table } from "@mantine/core";
import { changePolicy, type KeptPolicy, listPolicies } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { RowsSkeleton } from "../../kit/skeletons.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { PolicyForm } from "./policy-form.tsx";
import { AUTOMATIC_WORDS, afterRevealWords, everyWords, keepWords } from "./policy-model.ts";
import { SECRET_TITLES } from "./secret-words.ts";

const setUpWords = ({ kind, isAutomatic }: KeptPolicy): string => {
  if (AUTOMATIC_WORDS[kind] !== undefined) return isAutomatic ? "by itself" : "not by itself";
  return isAutomatic ? "as it comes" : "when a person asks";
};

const PolicyRow = ({ policy, onChange }: { policy: KeptPolicy; onChange: () => void }) => (
  <Table.Tr>
    <Table.Td>{SECRET_TITLES[policy.kind]}</Table.Td>
    <Table.Td>{setUpWords(policy)}</Table.Td>
    <Table.Td>{policy.canRotate ? everyWords(policy.everyDays) : "not from here"}</Table.Td>
    <Table.Td>{policy.canRotate ? afterRevealWords(policy.afterRevealMinutes) : "not from here"}</Table.Td>
    <Table.Td>{keepWords(policy.keepOldDays)}</Table.Td>
    <Table.Td ta="right">
      <ActionButton
        action={changePolicy}
        size="compact-xs"
        variant="subtle"
        color="gray"
        aria-label={`Change: ${SECRET_TITLES[policy.kind]}`}
        onClick={onChange}
      >
        Change
      </ActionButton>
    </Table.Td>
  </Table.Tr>
);

/** How each kind of secret is kept and replaced; each can be changed. */
export const PoliciesPanel = () => {
  const read = useAction(listPolicies, {});
  const { policy } = useUrlSearch();
  const setSearch = useSetSearch();
  const chosen = read.data?.items.find(({ kind }) => kind === policy);
  const close = () => setSearch({ policy: undefined });
  return (
    <Panel title="How secrets are kept" flush>
      {read.data === undefined && read.error !== null && (
        <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
      )}
      {read.data === undefined && read.error === null && <RowsSkeleton rows={4} />}
      {read.data !== undefined && (
        <Table.ScrollContainer minWidth={720}>
          <Table horizontalSpacing={16} aria-label="How secrets are kept">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What</Table.Th>
                <Table.Th>Set up</Table.Th>
                <Table.Th>Replaced</Table.Th>
                <Table.Th>Replaced after it was seen</Table.Th>
                <Table.Th>Earlier ones are kept for</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">Actions</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {read.data.items.map((each) => (
                <PolicyRow key={each.kind} policy={each} onChange={() => setSearch({ policy: each.kind })} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {chosen !== undefined && (
        <SidePanel title={SECRET_TITLES[chosen.kind]} onClose={close}>
          <PolicyForm key={chosen.kind} kept={chosen} onDone={close} />
        </SidePanel>
      )}
    </Panel>
  );
};
