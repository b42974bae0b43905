import { Button } from "@mantine/core";
import { placeOrder, sendTestPush } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { ProblemError } from "../../client/problem-error.ts";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { FloatingBar } from "../../kit/floating-bar.tsx";
import { toast } from "../../kit/toasts.ts";

const macs = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "Mac" : "Macs"}`;

/** What can be done with the chosen Macs; says how many, and afterwards how many it was not done for. */
export const SelectionBar = ({ selected, onClear }: { selected: readonly string[]; onClear: () => void }) => {
  const order = usePerform(placeOrder);
  const push = usePerform(sendTestPush);
  const navigate = useNavigate();
  const forAll = async (done: string, run: (deviceId: string) => Promise<unknown>) => {
    const results = await Promise.allSettled(selected.map(run));
    const failed = results.filter((result) => result.status === "rejected");
    const reason = failed[0]?.reason as unknown;
    toast(
      failed.length === 0
        ? { tone: "good", title: `${done} ${macs(selected.length)}` }
        : {
            tone: "act",
            title: `Not done for ${failed.length} of ${macs(selected.length)}`,
            text: reason instanceof ProblemError ? reason.message : String(reason),
          },
    );
  };
  return (
    <FloatingBar label="Chosen Macs">
      <strong>{macs(selected.length)} chosen</strong>
      <ActionButton
        action={placeOrder}
        loading={order.isPending}
        onClick={() =>
          void forAll("Fresh facts asked of", (deviceId) => order.mutateAsync({ deviceId, type: "refresh-facts" }))
        }
      >
        Refresh facts
      </ActionButton>
      <ActionButton
        action={sendTestPush}
        loading={push.isPending}
        onClick={() => void forAll("Push sent to", (deviceId) => push.mutateAsync({ deviceId }))}
      >
        Send push
      </ActionButton>
      <Button
        onClick={() => void navigate({ to: "/protection/rules/new", search: { devices: selected.join(",") } as never })}
      >
        Make a rule for them
      </Button>
      <Button variant="subtle" color="gray" onClick={onClear}>
        Choose none
      </Button>
    </FloatingBar>
  );
};
