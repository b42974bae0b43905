import { type Command, listBatchCommands, listCommands, listDeadLetters, retryCommand } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { problemToast } from "../../kit/problem-toast.ts";
import { sentToast } from "./sent-toast.ts";

/** Sends a command again as a new one, and says what comes of it. */
export const useRetry = () => {
  const retry = usePerform(retryCommand, [listCommands, listDeadLetters, listBatchCommands]);
  return {
    isPending: retry.isPending,
    retry: ({ deviceId, id, requestType }: Pick<Command, "deviceId" | "id" | "requestType">) =>
      // The row that asked may be gone before the answer comes.
      void retry.mutateAsync({ deviceId, commandId: id }).then((sent) => sentToast(requestType, sent), problemToast),
  };
};
