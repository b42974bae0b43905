import { Button, Group, Stack, Text } from "@mantine/core";
import { listHeld, type OutputOf, releaseHeld } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ConfirmWord } from "../../kit/confirm-word.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { destroyingSentence, heldSentence, heldTotal } from "./held-words.ts";

const WORD = "release";
/** What went wrong stands in the panel; what went well is said although the live stream takes the panel away first. */
const keepShown = () => undefined;

/** What releasing means, counted; a word to type where something is among it that destroys. */
export const ReleaseHeldPanel = ({ held, onClose }: { held: OutputOf<typeof listHeld>; onClose: () => void }) => {
  const release = usePerform(releaseHeld, [listHeld]);
  const [typed, setTyped] = useState("");
  const destroying = destroyingSentence(held.items);
  // What is not shown is not known to be harmless.
  const isAsked = destroying !== "" || held.items.length < heldTotal(held);
  const isReady = !isAsked || typed === WORD;
  return (
    <SidePanel title="Release what is held" onClose={onClose}>
      <Stack gap={16}>
        <Text size="sm">
          {heldSentence(held)} go out as if the backup had never been restored. What is past its time is given up
          instead.
        </Text>
        <Text size="sm">
          An agent whose ledger knows an order tells how it ended, and does not do it again. A Mac does a command again
          that it had already done.
        </Text>
        {isAsked && (
          <>
            <Notice
              tone="act"
              title={destroying === "" ? "Not all of it is shown here" : `Cannot be undone: ${destroying}`}
            >
              If it was taken back after the backup, it would happen now all the same.
            </Notice>
            <ConfirmWord word={WORD} typed={typed} onChange={setTyped} />
          </>
        )}
        {release.error !== null && <ProblemPanel problem={release.error} />}
        <Group gap={8}>
          <ActionButton
            action={releaseHeld}
            variant="filled"
            {...(isAsked ? { color: "red.8" } : {})}
            loading={release.isPending}
            disabled={!isReady}
            onClick={() =>
              void release.mutateAsync({}).then((counts) => {
                toast({ tone: "good", title: `Released: ${heldSentence(counts) || "nothing"}` });
                onClose();
              }, keepShown)
            }
          >
            Release {heldSentence(held)}
          </ActionButton>
          <Button onClick={onClose}>Keep holding</Button>
        </Group>
      </Stack>
    </SidePanel>
  );
};
