import { Button, Group, Stack } from "@mantine/core";
import { type Device, listDevices, releaseDevice, showDevice, showFleet } from "@pomona/contract";
import { Link } from "@tanstack/react-router";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";

/** What to do before a Mac is released, and what its release lets go. */
export const ReleaseForm = ({ device, onDone }: { device: Device; onDone: () => void }) => {
  const release = usePerform(releaseDevice, [listDevices, showDevice, showFleet]);
  const { id, name, serialNumber } = device;
  const invite = { new: "1", name: `${name}, anew`, ...(serialNumber === null ? {} : { serial: serialNumber }) };
  return (
    <Stack gap={16}>
      <span>{device.quarantine}</span>
      <strong>First</strong>
      <ol style={{ margin: 0, paddingLeft: 20 }}>
        <li>Erase the copy, or enroll it with an enrollment link of its own.</li>
        <li>
          Enroll the original anew with{" "}
          <Link to="/enrollment" search={invite as never}>
            a link that names its serial number
          </Link>
          : the old identity was copied, so it should go.
        </li>
        <li>
          Revoke the old certificate under <Link to={`/devices/${id}/identities`}>Identities</Link>, if enrolling anew
          has not done so.
        </li>
      </ol>
      <Notice tone="attention" title="Then release it">
        What was held for this Mac goes out at once: orders, commands, block rules. While two Macs still share the
        identity, either of them may take it, and the Mac is soon held again.
      </Notice>
      {release.error !== null && <ProblemPanel problem={release.error} />}
      <Group gap={8}>
        <ActionButton
          action={releaseDevice}
          variant="filled"
          loading={release.isPending}
          onClick={() =>
            release.mutate(
              { deviceId: id },
              {
                onSuccess: () => {
                  toast({ tone: "good", title: `${name} is released`, text: "What was held for it goes out." });
                  onDone();
                },
              },
            )
          }
        >
          Release it
        </ActionButton>
        <Button onClick={onDone}>Keep it held</Button>
      </Group>
    </Stack>
  );
};
