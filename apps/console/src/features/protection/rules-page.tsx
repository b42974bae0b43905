import { createRule, listRules, type Rule } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useActionPages } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Empty } from "../../kit/empty.tsx";
import { Page } from "../../kit/page.tsx";
import { State } from "../../kit/state-badge.tsx";
import type { Column } from "../../kit/table/column.ts";
import { DataTable } from "../../kit/table/data-table.tsx";
import { ListCard } from "../../kit/table/list-card.tsx";
import { When } from "../../kit/time/when.tsx";
import { ProtectionTabs } from "./protection-tabs.tsx";
import { RolloutState } from "./rollout-state.tsx";
import { matchWords } from "./rule-sentence.ts";

const scopeWords = (rule: Rule): string =>
  "tenant" in rule.scope
    ? "All Macs"
    : rule.scope.deviceIds.length === 1
      ? "1 Mac"
      : `${rule.scope.deviceIds.length} Macs`;

const modeOf = (rule: Rule) =>
  rule.fallback !== null
    ? { tone: "attention" as const, word: "Reports for now", why: rule.fallback }
    : rule.mode === "block"
      ? { tone: "act" as const, word: "Blocks", why: "Matching processes are killed" }
      : { tone: "progress" as const, word: "Reports", why: "Matching processes run; an incident is opened" };

const columns: readonly Column<Rule>[] = [
  { id: "name", title: "Name", min: 180, grow: 2, cell: (rule) => <bdi>{rule.name}</bdi>, text: (rule) => rule.name },
  {
    id: "mode",
    title: "Does",
    min: 150,
    cell: (rule) => <State {...modeOf(rule)} />,
    text: (rule) => modeOf(rule).word,
    live: (rule) => modeOf(rule).word,
  },
  {
    id: "match",
    title: "Every process",
    min: 240,
    grow: 3,
    cell: (rule) => <span title={matchWords(rule.match).join(", ")}>{matchWords(rule.match).join(", ")}</span>,
    text: (rule) => matchWords(rule.match).join(", "),
  },
  { id: "scope", title: "Where", min: 90, cell: scopeWords, text: scopeWords },
  {
    id: "rollout",
    title: "Held by",
    min: 170,
    cell: (rule) => <RolloutState rollout={rule.rollout} />,
    text: (rule) => `${rule.rollout.confirmed}/${rule.rollout.meant}`,
    live: (rule) => rule.rollout.confirmed,
  },
  {
    id: "ends",
    title: "Ends",
    min: 100,
    cell: (rule) => <When at={rule.expiresAt ?? null} />,
    text: (rule) => rule.expiresAt ?? "",
  },
  {
    id: "by",
    title: "Created by",
    min: 110,
    cell: (rule) => <bdi>{rule.createdBy}</bdi>,
    text: (rule) => rule.createdBy,
  },
];

/** The rules by which processes are stopped or reported. */
export const RulesPage = () => {
  const navigate = useNavigate();
  const list = useActionPages(listRules, { limit: 100 });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const make = (
    <ActionButton action={createRule} variant="filled" onClick={() => void navigate({ to: "/protection/rules/new" })}>
      New block rule
    </ActionButton>
  );
  return (
    <Page title="Protection" fills actions={make}>
      <ProtectionTabs />
      <ListCard list={list} fills>
        <DataTable
          label="Block rules"
          fills
          columns={columns}
          rows={rows}
          idOf={(rule) => rule.id}
          linkOf={(rule) => ({ to: `/protection/rules/${rule.id}` })}
          onEnd={onEnd}
          empty={
            <Empty title="No block rules" action={make}>
              A rule names processes that must not run, or that you want to hear of. Macs enforce it themselves, also
              offline. Begin with one that only reports.
            </Empty>
          }
        />
      </ListCard>
    </Page>
  );
};
