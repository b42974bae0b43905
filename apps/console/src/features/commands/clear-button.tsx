import { Button } from "@mantine/core";
import { clearCommands, listCommands } from "@pomona/contract";
import { useState } from "react";
import { useMay } from "../../client/session.tsx";
import { usePerform } from "../../client/use-action.ts";
import { counted } from "../../kit/count-words.ts";
import { toast } from "../../kit/toasts.ts";

/** Takes back all that is not sent; asks a second time in place. */
export const ClearButton = ({ deviceId, unsent }: { deviceId: string; unsent: string }) => {
  const clear = usePerform(clearCommands, [listCommands]);
  const [isAsked, setAsked] = useState(false);
  if (!useMay(clearCommands)) return null;
  const run = () =>
    clear.mutate(
      { deviceId },
      {
        onSuccess: ({ cancelled, sent }) =>
          toast({
            tone: "good",
            title: `${counted(cancelled, "command")} taken back`,
            ...(sent === 0
              ? {}
              : { text: `${counted(sent, "command")} had been sent: the Mac may be doing it right now.` }),
          }),
        onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
        onSettled: () => setAsked(false),
      },
    );
  return (
    <Button
      variant={isAsked ? "filled" : "subtle"}
      color={isAsked ? "red.8" : "gray"}
      size="compact-xs"
      loading={clear.isPending}
      onBlur={() => setAsked(false)}
      onClick={() => (isAsked ? run() : setAsked(true))}
    >
      {isAsked ? `The Mac gets none of them. Cancel ${unsent}` : "Cancel all unsent"}
    </Button>
  );
};
