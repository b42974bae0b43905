import { Button, Group, Stack } from "@mantine/core";
import { abortDeparture, showDeparture } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

/** What it means to stop, before it is done. */
export const StopDepartureForm = ({ deviceId, onDone }: { deviceId: string; onDone: () => void }) => {
  const abort = usePerform(abortDeparture, [showDeparture]);
  return (
    <Stack gap={16}>
      <span>
        What was done stays done: an account that was made stays on the Mac with its password in escrow, and an update
        that the Mac took goes on. Nothing further is asked of the Mac. A new runbook begins at the first step.
      </span>
      {abort.error !== null && <ProblemPanel problem={abort.error} />}
      <Group gap={8}>
        <ActionButton
          action={abortDeparture}
          variant="filled"
          color="red.8"
          loading={abort.isPending}
          onClick={() => abort.mutate({ deviceId }, { onSuccess: onDone })}
        >
          Stop it
        </ActionButton>
        <Button onClick={onDone}>Go on with it</Button>
      </Group>
    </Stack>
  );
};
