import { Button, Table } from "@mantine/core";
import type { MovingOutcome } from "@pomona/contract";
import { useState } from "react";
import { State } from "../../kit/state-badge.tsx";
import { kindWord, outcomeWord } from "./outcome-words.ts";
import type { LineOutcome } from "./send-import.ts";
import type { ImportRun } from "./use-import.ts";

const FIRST = 100;
const RANK: Readonly<Record<MovingOutcome["outcome"], number>> = { refused: 0, imported: 1, unchanged: 2 };

const OutcomeRow = ({ outcome, isDryRun }: { outcome: LineOutcome; isDryRun: boolean }) => (
  <Table.Tr>
    <Table.Td ta="right" className="tabular">
      {outcome.line}
    </Table.Td>
    <Table.Td>{kindWord(outcome.kind)}</Table.Td>
    <Table.Td style={{ overflowWrap: "anywhere" }}>
      <bdi>{outcome.name}</bdi>
    </Table.Td>
    <Table.Td>
      <State {...outcomeWord(outcome.outcome, isDryRun)} />
    </Table.Td>
    <Table.Td>
      {outcome.reason !== null && <div>{outcome.reason}</div>}
      {outcome.brings.length > 0 && <div>Comes over: {outcome.brings.join("; ")}.</div>}
      {outcome.leaves.length > 0 && <div data-dimmed>Does not: {outcome.leaves.join("; ")}.</div>}
    </Table.Td>
  </Table.Tr>
);

/** Record by record what comes over, what does not and why; what was refused stands first. */
export const ImportOutcomes = ({ run }: { run: ImportRun }) => {
  const [shown, setShown] = useState(FIRST);
  const { outcomes, isDryRun, isRunning, total } = run;
  const count = (which: MovingOutcome["outcome"]) =>
    outcomes.filter(({ outcome }) => outcome === which).length.toLocaleString("en");
  const sorted = [...outcomes].sort((a, b) => RANK[a.outcome] - RANK[b.outcome] || a.line - b.line);
  return (
    <>
      <span role="status">
        {isRunning ? `${outcomes.length.toLocaleString("en")} of ${total.toLocaleString("en")} records. ` : ""}
        {isDryRun ? `${count("imported")} would come over` : `${count("imported")} came over`}, {count("unchanged")} are
        here already, {count("refused")} {isDryRun ? "would be" : "were"} refused.
        {isDryRun && !isRunning && " Nothing was changed."}
      </span>
      {sorted.length > 0 && (
        <Table.ScrollContainer minWidth={720}>
          <Table aria-label={isDryRun ? "What would come over" : "What came over"}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th ta="right">Line</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Name</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Why, and what comes with it</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sorted.slice(0, shown).map((outcome) => (
                <OutcomeRow key={outcome.line} outcome={outcome} isDryRun={isDryRun} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {sorted.length > shown && (
        <div>
          <Button onClick={() => setShown(shown + 500)}>
            Show more of the {(sorted.length - shown).toLocaleString("en")} others
          </Button>
        </div>
      )}
    </>
  );
};
