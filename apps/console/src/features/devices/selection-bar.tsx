import { Button } from "@mantine/core";
import { createBatch, placeOrder, sendTestPush } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { forEach } from "../../client/for-each.ts";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { counted } from "../../kit/count-words.ts";
import { FloatingBar } from "../../kit/floating-bar.tsx";
import { forEachToast } from "../../kit/for-each-toast.ts";

const macs = (count: number): string => counted(count, "Mac");
/** Of ids in an address: a longer one is refused on the way when it is opened again. */
const MOST_IN_ADDRESS = 300;

/** What can be done with the chosen Macs; says how many, and afterwards how many it was not done for. */
export const SelectionBar = ({ selected, onClear }: { selected: readonly string[]; onClear: () => void }) => {
  const order = usePerform(placeOrder);
  const push = usePerform(sendTestPush);
  const navigate = useNavigate();
  const forAll = async (done: string, run: (deviceId: string) => Promise<unknown>) =>
    forEachToast(done, await forEach(selected, run), macs);
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
      <ActionButton
        action={createBatch}
        disabled={selected.length > MOST_IN_ADDRESS}
        onClick={() => void navigate({ to: "/commands/new", search: { devices: selected.join(",") } as never })}
      >
        Send a command to {macs(selected.length)}
      </ActionButton>
      {selected.length > MOST_IN_ADDRESS && <span data-dimmed>A command goes to that many by a filter.</span>}
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
