import { Group, Stack, TextInput } from "@mantine/core";
import { createPushRequest, listPushRequests } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

/** The request; its key never leaves the server. */
export const PushRequestForm = ({ onMade }: { onMade: (requestId: string) => void }) => {
  const [organization, setOrganization] = useState("");
  const [email, setEmail] = useState("");
  const create = usePerform(createPushRequest, [listPushRequests]);
  const complete = organization.trim() !== "" && email.includes("@");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (complete)
          create.mutate(
            { organization: organization.trim(), email: email.trim() },
            { onSuccess: ({ id }) => onMade(id) },
          );
      }}
    >
      <Stack gap={12} maw={480}>
        <TextInput
          label="Organization"
          required
          value={organization}
          onChange={(event) => setOrganization(event.currentTarget.value)}
        />
        <TextInput
          label="Email"
          description="Where Apple tells you that it expires"
          required
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {create.error !== null && <ProblemPanel problem={create.error} />}
        <Group>
          <ActionButton
            action={createPushRequest}
            type="submit"
            variant="filled"
            loading={create.isPending}
            disabled={!complete}
          >
            Make the request
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
