import { Group, Stack, TextInput } from "@mantine/core";
import { type Device, listDevices, renameDevice, showDevice } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

/** The name that the console shows; the Mac's own name stays. */
export const RenameForm = ({ device, onDone }: { device: Device; onDone: () => void }) => {
  const [name, setName] = useState(device.name);
  const rename = usePerform(renameDevice, [showDevice, listDevices]);
  const input = { deviceId: device.id, name: name.trim() };
  const fault = input.name === "" ? "A name is needed." : name.length > 200 ? "At most 200 characters." : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === null) rename.mutate(input, { onSuccess: onDone });
      }}
    >
      <Stack gap={16}>
        <TextInput
          label="Name"
          description="Shown in this console. The Mac keeps its own."
          value={name}
          error={fault}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {rename.error !== null && <ProblemPanel problem={rename.error} />}
        <Group>
          <ActionButton
            action={renameDevice}
            type="submit"
            variant="filled"
            loading={rename.isPending}
            disabled={fault !== null}
          >
            Rename
          </ActionButton>
        </Group>
        <ApiCall action={renameDevice} input={input} />
      </Stack>
    </form>
  );
};
