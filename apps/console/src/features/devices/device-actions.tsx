import { Button, Menu } from "@mantine/core";
import { type Device, placeOrder, sendTestPush } from "@pomona/contract";
import { IconDots, IconPencil, IconSend, IconShieldPlus, IconUserOff } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { useShortcut } from "../../kit/keyboard.ts";
import { SidePanel } from "../../kit/side-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { usePlaceQuickOrder } from "../agents/use-place-order.ts";
import { RenameForm } from "./rename-form.tsx";

/** The most used actions as buttons, the rest in a menu. */
export const DeviceActions = ({ device }: { device: Device }) => {
  const navigate = useNavigate();
  const quick = usePlaceQuickOrder(device.id);
  const push = usePerform(sendTestPush);
  const [renames, setRenames] = useState(false);
  const runScript = () => void navigate({ to: `/devices/${device.id}/orders/new` });
  useShortcut("r", "Run a script", "This Mac", runScript);
  useShortcut("p", "Ping", "This Mac", () => quick.place("ping"));
  const wake = () =>
    push.mutate(
      { deviceId: device.id },
      {
        onSuccess: ({ status, reason }) =>
          toast(
            status === 200
              ? {
                  tone: "good",
                  title: "Apple took the push",
                  text: "The Mac asks for its commands as soon as it is awake.",
                }
              : { tone: "act", title: `Apple answered ${status}`, text: reason ?? "Apple gave no reason." },
          ),
        onError: (problem) => toast({ tone: "act", title: problem.title, text: problem.message }),
      },
    );
  return (
    <>
      <ActionButton action={placeOrder} variant="filled" onClick={runScript}>
        Run script
      </ActionButton>
      <ActionButton action={placeOrder} loading={quick.isPending} onClick={() => quick.place("ping")}>
        Ping
      </ActionButton>
      <ActionButton action={placeOrder} onClick={() => quick.place("refresh-facts")}>
        Refresh facts
      </ActionButton>
      <ActionButton action={sendTestPush} loading={push.isPending} onClick={wake}>
        Send push
      </ActionButton>
      <Menu>
        <Menu.Target>
          <Button px={8} aria-label="More actions">
            <IconDots size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconSend size={16} />}
            onClick={() => void navigate({ to: `/devices/${device.id}/commands`, search: { send: "1" } as never })}
          >
            Send an MDM command
          </Menu.Item>
          <Menu.Item
            leftSection={<IconShieldPlus size={16} />}
            onClick={() => void navigate({ to: "/protection/rules/new", search: { devices: device.id } as never })}
          >
            Make a block rule for this Mac
          </Menu.Item>
          <Menu.Item
            leftSection={<IconUserOff size={16} />}
            onClick={() => void navigate({ to: `/devices/${device.id}/departure` })}
          >
            The user has left
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setRenames(true)}>
            Rename
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {renames && (
        <SidePanel title="Rename" onClose={() => setRenames(false)}>
          <RenameForm device={device} onDone={() => setRenames(false)} />
        </SidePanel>
      )}
    </>
  );
};
