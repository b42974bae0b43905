import { Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { createInvitation, type InputOf, listInvitations } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

const LASTS = [
  { value: "3600", label: "an hour" },
  { value: "86400", label: "a day" },
  { value: "604800", label: "a week" },
  { value: "2592000", label: "30 days" },
  { value: "31536000", label: "a year" },
];

/** Makes a link, and shows it the only time it can be shown. */
export const NewInvitationForm = () => {
  const [name, setName] = useState("");
  const [maxUses, setMaxUses] = useState(1);
  const [lasts, setLasts] = useState("604800");
  const [serialNumber, setSerialNumber] = useState("");
  const create = usePerform(createInvitation, [listInvitations]);
  const input: InputOf<typeof createInvitation> = {
    name: name.trim(),
    maxUses,
    expiresInSeconds: Number(lasts),
    ...(serialNumber.trim() === "" ? {} : { serialNumber: serialNumber.trim() }),
  };
  if (create.data !== undefined)
    return (
      <Stack gap={16}>
        <Notice tone="good" title="The link is ready">
          It is shown only now: copy it. It holds the only copy of its code.
        </Notice>
        <CodeBlock text={create.data.url} label="Enrollment link" />
        <Text size="sm">
          On the Mac: open it in Safari, download the profile, open System Settings, General, Device Management, and
          install it.
        </Text>
        <Group>
          <ActionButton action={createInvitation} onClick={() => create.reset()}>
            Make another
          </ActionButton>
        </Group>
      </Stack>
    );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (input.name !== "") create.mutate(input);
      }}
    >
      <Stack gap={16}>
        <TextInput
          label="Name"
          description="For your own list"
          placeholder="Sales team, November"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput
          label="For how many Macs"
          min={1}
          max={100_000}
          value={maxUses}
          onChange={(value) => setMaxUses(Number(value) || 1)}
        />
        <Select
          label="Valid for"
          data={LASTS}
          value={lasts}
          allowDeselect={false}
          onChange={(value) => setLasts(value ?? "604800")}
        />
        <TextInput
          label="Only for serial number"
          description="Empty: any Mac"
          value={serialNumber}
          onChange={(event) => setSerialNumber(event.currentTarget.value)}
        />
        {create.error !== null && <ProblemPanel problem={create.error} />}
        <Group>
          <ActionButton
            action={createInvitation}
            type="submit"
            variant="filled"
            loading={create.isPending}
            disabled={input.name === ""}
          >
            Make the link
          </ActionButton>
        </Group>
        <ApiCall action={createInvitation} input={input} />
      </Stack>
    </form>
  );
};
