import {
  type Batch,
  cancelBatch,
  listBatchCommands,
  listBatches,
  pauseBatch,
  resumeBatch,
  showBatch,
} from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { problemToast } from "../../kit/problem-toast.ts";
import { toast } from "../../kit/toasts.ts";

const READS = [showBatch, listBatches, listBatchCommands];
interface BatchButtonsProps {
  batch: Batch;
  /** Cancelling what has begun is asked for beside the page. */
  onAskCancel: () => void;
}

/** What can be done to a batch in its state. */
export const BatchButtons = ({ batch, onAskCancel }: BatchButtonsProps) => {
  const pause = usePerform(pauseBatch, READS);
  const resume = usePerform(resumeBatch, READS);
  const cancel = usePerform(cancelBatch, READS);
  const input = { batchId: batch.id };
  const can = (...states: Batch["state"][]): boolean => states.includes(batch.state);
  return (
    <>
      {can("waiting", "running", "sending") && (
        <ActionButton
          action={pauseBatch}
          loading={pause.isPending}
          onClick={() => pause.mutate(input, { onError: problemToast })}
        >
          Pause
        </ActionButton>
      )}
      {can("paused") && (
        <ActionButton
          action={resumeBatch}
          variant="filled"
          loading={resume.isPending}
          onClick={() => resume.mutate(input, { onError: problemToast })}
        >
          Resume
        </ActionButton>
      )}
      {can("waiting", "held") && (
        <ActionButton
          action={cancelBatch}
          loading={cancel.isPending}
          onClick={() =>
            cancel.mutate(input, {
              onError: problemToast,
              onSuccess: () => toast({ tone: "good", title: "Cancelled. Nothing was sent" }),
            })
          }
        >
          Cancel it whole
        </ActionButton>
      )}
      {can("running", "paused", "sending") && (
        <ActionButton action={cancelBatch} onClick={onAskCancel}>
          Cancel the rest
        </ActionButton>
      )}
    </>
  );
};
