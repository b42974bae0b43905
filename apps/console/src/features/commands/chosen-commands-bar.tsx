import { Button } from "@mantine/core";
import {
  type CommandOfMac,
  dismissDeadLetter,
  listBatchCommands,
  listCommandTypes,
  listDeadLetters,
  retryCommand,
} from "@pomona/contract";
import { useState } from "react";
import { forEach } from "../../client/for-each.ts";
import { useAction, usePerform, useReadAgain } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { FloatingBar } from "../../kit/floating-bar.tsx";
import { forEachToast } from "../../kit/for-each-toast.ts";

const things = (count: number): string => counted(count, "command");

interface ChosenCommandsBarProps {
  chosen: readonly CommandOfMac[];
  /** Whether they stand on the list of dead letters, from which they can be taken. */
  areDeadLetters?: boolean;
  onClear: () => void;
}

/** What can be done with the chosen ones. To send again what destroys is asked a second time, in place. */
export const ChosenCommandsBar = ({ chosen, areDeadLetters = false, onClear }: ChosenCommandsBarProps) => {
  const types = useAction(listCommandTypes, {}).data?.items ?? [];
  const retry = usePerform(retryCommand);
  const dismiss = usePerform(dismissDeadLetter);
  const readAgain = useReadAgain();
  const [busy, setBusy] = useState<"retry" | "dismiss" | null>(null);
  const [isAsked, setAsked] = useState(false);
  const destructive = chosen.filter(
    ({ requestType, isRaw }) => isRaw || types.find((type) => type.requestType === requestType)?.risk === "destructive",
  ).length;
  const act = async (what: "retry" | "dismiss") => {
    setAsked(false);
    setBusy(what);
    const told = await forEach(chosen, ({ deviceId, id }) =>
      what === "retry" ? retry.mutateAsync({ deviceId, commandId: id }) : dismiss.mutateAsync({ commandId: id }),
    );
    forEachToast(what === "retry" ? "Sent again:" : "Taken off the list:", told, things);
    setBusy(null);
    onClear();
    await readAgain([listDeadLetters, listBatchCommands]);
  };
  return (
    <FloatingBar label="Chosen commands">
      <strong>{things(chosen.length)} chosen</strong>
      <ActionButton
        action={retryCommand}
        loading={busy === "retry"}
        {...(isAsked ? { variant: "filled", color: "red.8" } : {})}
        onClick={() => (destructive > 0 && !isAsked ? setAsked(true) : void act("retry"))}
      >
        {isAsked
          ? `${counted(destructive, "of them destroys", "of them destroy")}. Retry ${things(chosen.length)}`
          : `Retry ${things(chosen.length)}`}
      </ActionButton>
      {areDeadLetters && (
        <ActionButton action={dismissDeadLetter} loading={busy === "dismiss"} onClick={() => void act("dismiss")}>
          Dismiss
        </ActionButton>
      )}
      <Button variant="subtle" color="gray" onClick={onClear}>
        Choose none
      </Button>
    </FloatingBar>
  );
};
