import { Button } from "@mantine/core";
import { clearCommands, listCommands } from "@pomona/contract";
import { useState } from "react";
import { useMay } from "../../client/session.tsx";
import { usePerform } from "../../client/use-action.ts";
import { counted } from "../../kit/count-words.ts";
import { problemToast } from "../../kit/problem-toast.ts";
import { toast } from "../../kit/toasts.ts";

/** Takes back all that is not sent; asks a second time in place. */
export const ClearButton = ({ deviceId, unsent }: { deviceId: string; unsent: string }) => {
  const clear = usePerform(clearCommands, [listCommands]);
  const [isAsked, setAsked] = useState(false);
  if (!useMay(clearCommands)) return null;
  // What is said afterwards is said also when the live stream was first and took this button away.
  const run = () =>
    clear.mutateAsync({ deviceId }).then(({ cancelled, sent }) => {
      setAsked(false);
      toast({
        tone: "good",
        title: `${counted(cancelled, "command")} taken back`,
        ...(sent === 0
          ? {}
          : { text: `${counted(sent, "command")} had been sent: the Mac may be doing it right now.` }),
      });
    }, problemToast);
  return (
    <Button
      variant={isAsked ? "filled" : "subtle"}
      color={isAsked ? "red.8" : "gray"}
      size="compact-xs"
      loading={clear.isPending}
      onBlur={() => setAsked(false)}
      onClick={() => (isAsked ? void run() : setAsked(true))}
    >
      {isAsked ? `The Mac gets none of them. Cancel ${unsent}` : "Cancel all unsent"}
    </Button>
  );
};
