import { Button, Group, Stack, Text } from "@mantine/core";
import { type Batch, cancelBatch, listBatchCommands, listBatches, showBatch } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { SidePanel } from "../../kit/side-panel.tsx";

/** What cancelling means for a batch that has begun, counted; then the button. */
export const CancelBatchPanel = ({ batch, onClose }: { batch: Batch; onClose: () => void }) => {
  const cancel = usePerform(cancelBatch, [showBatch, listBatches, listBatchCommands]);
  const { waiting, queued, notNow, sent, acknowledged } = batch.progress;
  return (
    <SidePanel title="Cancel the rest" onClose={onClose}>
      <Stack gap={16}>
        <Text size="sm">
          {counted(waiting + queued + notNow, "Mac")} will not get {batch.requestType} any more.
        </Text>
        <Text size="sm">
          {counted(sent, "Mac")} have been sent it and may be doing it right now; {counted(acknowledged, "Mac")} have
          done it. That cannot be taken back.
        </Text>
        <Text size="sm">A cancelled batch cannot go on. To stop it for a while, pause it.</Text>
        {cancel.error !== null && <ProblemPanel problem={cancel.error} />}
        <Group gap={8}>
          <ActionButton
            action={cancelBatch}
            variant="filled"
            color="red.8"
            loading={cancel.isPending}
            onClick={() => void cancel.mutateAsync({ batchId: batch.id }).then(onClose, () => undefined)}
          >
            Cancel for {counted(waiting + queued + notNow, "Mac")}
          </ActionButton>
          <Button onClick={onClose}>Keep it</Button>
        </Group>
      </Stack>
    </SidePanel>
  );
};
