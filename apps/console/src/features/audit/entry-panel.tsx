import type { AuditEntry } from "@pomona/contract";
import { CodeBlock } from "../../kit/code-block.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { actionSummary, outcomeOf } from "./audit-words.ts";

/** One entry in full, beside the list. */
export const EntryPanel = ({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) => (
  <SidePanel title={`Entry ${entry.sequence}`} onClose={onClose}>
    <FactsGrid
      rows={[
        { label: "What", value: actionSummary(entry.action) },
        { label: "Action", value: <CopyText text={entry.action} what="action" /> },
        { label: "Outcome", value: <State {...outcomeOf(entry)} /> },
        ...(entry.reason === null ? [] : [{ label: "Why", value: entry.reason }]),
        { label: "When", value: <When at={entry.at} /> },
        { label: "Who", value: <bdi>{entry.actor.name}</bdi> },
        { label: "As", value: `${entry.actor.kind} ${entry.actor.id}` },
        { label: "From", value: entry.address ?? "this server" },
        { label: "Hash", value: <CopyText wrap text={entry.hash} what="hash" /> },
      ]}
    />
    <CodeBlock label="Input" text={JSON.stringify(entry.input, null, 2)} />
  </SidePanel>
);
