import type { Command } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { CopyText } from "../../kit/copy-text.tsx";
import { counted } from "../../kit/count-words.ts";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { commandWord, DEAD_LETTERS, isInUndoWindow } from "./command-words.ts";
import { UndoWindow } from "./undo-window.tsx";

const other = (id: string, words: string) => (
  <Link to="." search={((before: object) => ({ ...before, command: id })) as never} replace>
    {words}
  </Link>
);

interface CommandPanelProps {
  /** Undefined when it is not among those that are shown. */
  command: Command | undefined;
  onClose: () => void;
}

/** All that is known of one command, beside the list. */
export const CommandPanel = ({ command, onClose }: CommandPanelProps) => {
  if (command === undefined)
    return (
      <SidePanel title="Command" onClose={onClose}>
        It is older than those shown here. Show older ones below the list.
      </SidePanel>
    );
  const { word, tone, why } = commandWord(command);
  return (
    <SidePanel title={command.requestType} onClose={onClose}>
      <FactsGrid
        rows={[
          { label: "State", value: <State word={word} tone={tone} /> },
          ...(isInUndoWindow(command, Date.now()) && command.notBefore !== null
            ? [{ label: "Undo window", value: <UndoWindow until={command.notBefore} /> }]
            : why === null
              ? []
              : [{ label: command.waitsFor === null ? "Why" : "Waits for", value: why }]),
          ...(command.deadLetter === null
            ? []
            : [{ label: "Dead letter", value: <State {...DEAD_LETTERS[command.deadLetter]} /> }]),
          { label: "Asked by", value: <bdi>{command.actor}</bdi> },
          { label: "Asked", value: <When at={command.createdAt} /> },
          { label: "Sent", value: <When at={command.sentAt} never="not yet" /> },
          ...(command.answeredAt === null
            ? [
                { label: "Sent without an answer", value: counted(command.sendCount, "time") },
                { label: "Given up", value: <When at={command.expiresAt} never="never" /> },
              ]
            : [{ label: "Ended", value: <When at={command.answeredAt} /> }]),
          { label: "Put off by the Mac", value: counted(command.notNowCount, "time") },
          { label: "Lane", value: command.lane },
          {
            label: "Channel",
            value: command.channel === null ? "the Mac's" : <CopyText text={command.channel} what="channel" wrap />,
          },
          { label: "Checked", value: command.isRaw ? "no: a property list as a person wrote it" : "yes" },
          ...(command.batchId === null
            ? []
            : [{ label: "Batch", value: <Link to={`/commands/batches/${command.batchId}`}>Show the batch</Link> }]),
          ...(command.retryOf === null ? [] : [{ label: "Repeats", value: other(command.retryOf, "an earlier one") }]),
          ...(command.retriedBy === null
            ? []
            : [{ label: "Repeated by", value: other(command.retriedBy, "a later one") }]),
          { label: "UUID", value: <CopyText text={command.commandUuid} what="command UUID" wrap /> },
          { label: "Id", value: <CopyText text={command.id} what="command id" wrap /> },
        ]}
      />
    </SidePanel>
  );
};
