import { Button, Table } from "@mantine/core";
import { type Limits, setLimits, showLimits } from "@pomona/contract";
import { useAction } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { BlockSkeleton } from "../../kit/skeletons.tsx";
import { State } from "../../kit/state-badge.tsx";
import { LiveCell } from "../../kit/table/live-cell.tsx";
import { When } from "../../kit/time/when.tsx";
import { useSetSearch, useUrlSearch } from "../../kit/url.ts";
import { LimitForm } from "./limit-form.tsx";
import { LIMIT_MEANINGS, LIMIT_RISKS, LIMIT_TITLES, type LimitRisk, undoWords } from "./limit-words.ts";
import { SettingsTabs } from "./settings-tabs.tsx";

const number = (value: number): string => value.toLocaleString("en");

interface LimitRowProps {
  risk: LimitRisk;
  limits: Limits;
  onChange: () => void;
}

const LimitRow = ({ risk, limits, onChange }: LimitRowProps) => {
  const { perActor, perTenant, undoSeconds, spent, pending } = limits.limits[risk];
  return (
    <Table.Tr>
      <Table.Td>
        <div>{LIMIT_TITLES[risk]}</div>
        <div data-dimmed>{LIMIT_MEANINGS[risk]}</div>
        {pending !== null && (
          <State
            tone="attention"
            word={`Looser soon: ${number(pending.perActor)} and ${number(pending.perTenant)} Macs, undo window ${undoWords(pending.undoSeconds)}`}
          />
        )}
        {pending !== null && (
          <div data-dimmed>
            counts <When at={pending.effectiveAt} />
          </div>
        )}
      </Table.Td>
      <Table.Td ta="right">{number(perActor)}</Table.Td>
      <Table.Td ta="right">{number(perTenant)}</Table.Td>
      <Table.Td ta="right">
        <LiveCell value={spent}>{number(spent)}</LiveCell>
      </Table.Td>
      <Table.Td ta="right">{undoWords(undoSeconds)}</Table.Td>
      <Table.Td ta="right">
        <ActionButton
          action={setLimits}
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-label={`Change the limits of ${LIMIT_TITLES[risk].toLowerCase()}`}
          onClick={onChange}
        >
          Change
        </ActionButton>
      </Table.Td>
    </Table.Tr>
  );
};

const ExceededPanel = ({ exceeded }: Pick<Limits, "exceeded">) => (
  <Panel title="Tries to go beyond a limit" flush={exceeded.length > 0}>
    {exceeded.length === 0 ? (
      "None. Each try is refused, changes nothing, and is listed here with who made it."
    ) : (
      <Table.ScrollContainer minWidth={560}>
        <Table horizontalSpacing={16} aria-label="Tries to go beyond a limit">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>When</Table.Th>
              <Table.Th>Who</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th ta="right">Would have made it</Table.Th>
              <Table.Th ta="right">Limit</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {exceeded.map((each) => (
              <Table.Tr key={`${each.at} ${each.actor} ${each.action}`}>
                <Table.Td>
                  <When at={each.at} />
                </Table.Td>
                <Table.Td>
                  <bdi>{each.actor}</bdi>
                </Table.Td>
                <Table.Td>
                  {each.action} <span data-dimmed>{LIMIT_TITLES[each.risk as LimitRisk] ?? each.risk}</span>
                </Table.Td>
                <Table.Td ta="right">{number(each.devices)}</Table.Td>
                <Table.Td ta="right">{number(each.limit)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    )}
  </Panel>
);

/** How many Macs may be touched in an hour, how long a command can be taken back, and who tried to go beyond. */
export const LimitsPage = () => {
  const search = useUrlSearch();
  const setSearch = useSetSearch();
  const read = useAction(showLimits, {});
  const limits = read.data;
  const risk = LIMIT_RISKS.find((each) => each === search["risk"]);
  const close = () => setSearch({ risk: undefined });
  return (
    <Page
      title="Settings"
      lead="A stolen session must not be able to touch a whole fleet before somebody notices: what goes beyond a limit is refused."
    >
      <SettingsTabs />
      {limits === undefined ? (
        read.error === null ? (
          <BlockSkeleton lines={6} />
        ) : (
          <ProblemPanel problem={read.error} retry={() => void read.refetch()} />
        )
      ) : (
        <>
          <Panel title="Limits and undo windows" flush>
            <Table.ScrollContainer minWidth={720}>
              <Table horizontalSpacing={16} aria-label="Limits and undo windows">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>What</Table.Th>
                    <Table.Th ta="right">Macs in an hour, one person</Table.Th>
                    <Table.Th ta="right">All together</Table.Th>
                    <Table.Th ta="right">Touched in this hour</Table.Th>
                    <Table.Th ta="right">Undo window</Table.Th>
                    <Table.Th>
                      <span className="visually-hidden">Actions</span>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {LIMIT_RISKS.map((each) => (
                    <LimitRow key={each} risk={each} limits={limits} onChange={() => setSearch({ risk: each })} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Panel>
          <ExceededPanel exceeded={limits.exceeded} />
          {risk !== undefined && (
            <SidePanel title={LIMIT_TITLES[risk]} onClose={close}>
              <LimitForm key={risk} risk={risk} limit={limits.limits[risk]} onDone={close} />
              <Button variant="subtle" color="gray" mt={8} onClick={close}>
                Leave them
              </Button>
            </SidePanel>
          )}
        </>
      )}
    </Page>
  );
};
