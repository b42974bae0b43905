import { type Command, listBatchCommands, listCommands, listDeadLetters, retryCommand } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { toast } from "../../kit/toasts.ts";
import { sentToast } from "./sent-toast.ts";

/** Sends a command again as a new one, and says what comes of it. */
export const useRetry = () => {
  const retry = usePerform(retryCommand, [listCommands, listDeadLetters, listBatchCommands]);
  return {
    isPending: retry.isPending,
    retry: ({ deviceId, id, requestType }: Pick<Command, "deviceId" | "id" | "requestType">) =>
      retry.mutate(
        { deviceId, commandId: id },
        {
          onSuccess: (sent) => sentToast(requestType, sent),
          onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
        },
      ),
  };
};
