import { Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import {
  createInvitation,
  type IdentityMethod,
  type InputOf,
  listInvitations,
  showEnrollmentPolicy,
} from "@pomona/contract";
import { useState } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { useUrlSearch } from "../../kit/url.ts";
import { IDENTITY_METHODS, identityLabel } from "./identity-words.ts";

const LASTS = [
  { value: "3600", label: "an hour" },
  { value: "86400", label: "a day" },
  { value: "604800", label: "a week" },
  { value: "2592000", label: "30 days" },
  { value: "31536000", label: "a year" },
];

/** Makes a link, and shows it the only time it can be shown. */
export const NewInvitationForm = () => {
  const given = useUrlSearch();
  const policy = useAction(showEnrollmentPolicy, {}).data;
  const [name, setName] = useState(given["name"] ?? "");
  const [maxUses, setMaxUses] = useState(1);
  const [lasts, setLasts] = useState("604800");
  const [serialNumber, setSerialNumber] = useState(given["serial"] ?? "");
  const [identity, setIdentity] = useState<IdentityMethod | null>(null);
  const create = usePerform(createInvitation, [listInvitations]);
  const input: InputOf<typeof createInvitation> = {
    name: name.trim(),
    maxUses,
    expiresInSeconds: Number(lasts),
    ...(serialNumber.trim() === "" ? {} : { serialNumber: serialNumber.trim() }),
    ...(identity === null ? {} : { identity }),
  };
  const needsSerial = (identity ?? policy?.identity) === "acme" && input.serialNumber === undefined;
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
        if (input.name !== "" && !needsSerial) create.mutate(input);
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
          error={needsSerial ? "ACME proves a serial number: name the Mac's." : null}
          onChange={(event) => setSerialNumber(event.currentTarget.value)}
        />
        <Select
          label="How the Mac gets its identity"
          description={
            identity === null
              ? "As the policy says"
              : IDENTITY_METHODS.find(({ value }) => value === identity)?.description
          }
          placeholder={policy === undefined ? "By the policy" : `By the policy: ${identityLabel(policy.identity)}`}
          clearable
          data={IDENTITY_METHODS.map(({ value, label }) => ({
            value,
            label,
            disabled: value === "acme" && policy?.canAttest === false,
          }))}
          value={identity}
          onChange={(value) => setIdentity(IDENTITY_METHODS.find((each) => each.value === value)?.value ?? null)}
        />
        {create.error !== null && <ProblemPanel problem={create.error} />}
        <Group>
          <ActionButton
            action={createInvitation}
            type="submit"
            variant="filled"
            loading={create.isPending}
            disabled={input.name === "" || needsSerial}
          >
            Make the link
          </ActionButton>
        </Group>
        <ApiCall action={createInvitation} input={input} />
      </Stack>
    </form>
  );
};
