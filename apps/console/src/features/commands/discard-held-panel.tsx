import { Button, Group, Stack, Text } from "@mantine/core";
import { discardHeld, listHeld, type OutputOf } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { heldSentence } from "./held-words.ts";

/** What went wrong stands in the panel; what went well is said although the live stream may take the panel away first. */
const keepShown = () => undefined;

interface DiscardHeldPanelProps {
  held: OutputOf<typeof listHeld>;
  /** Ids; null means all that is held. */
  chosen: readonly string[] | null;
  onClose: () => void;
}

/** What discarding means, counted; then the button. */
export const DiscardHeldPanel = ({ held, chosen, onClose }: DiscardHeldPanelProps) => {
  const discard = usePerform(discardHeld, [listHeld]);
  const what = chosen === null ? heldSentence(held) : counted(chosen.length, "thing");
  return (
    <SidePanel title="Discard what is held" onClose={onClose}>
      <Stack gap={16}>
        <Text size="sm">{what} will not be sent. Each is kept in its Mac's history as cancelled, with your name.</Text>
        <Text size="sm">Nothing on the Macs changes by this. What is still wanted has to be asked for anew.</Text>
        {discard.error !== null && <ProblemPanel problem={discard.error} />}
        <Group gap={8}>
          <ActionButton
            action={discardHeld}
            variant="filled"
            color="red.8"
            loading={discard.isPending}
            onClick={() =>
              void discard.mutateAsync(chosen === null ? {} : { ids: [...chosen] }).then((counts) => {
                toast({ tone: "good", title: `Discarded: ${heldSentence(counts) || "nothing"}` });
                onClose();
              }, keepShown)
            }
          >
            Discard {what}
          </ActionButton>
          <Button onClick={onClose}>Keep holding</Button>
        </Group>
      </Stack>
    </SidePanel>
  );
};
