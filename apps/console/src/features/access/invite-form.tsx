import { Group, Stack, TextInput } from "@mantine/core";
import { createSignInLink, type Role } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { When } from "../../kit/time/when.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** A one-time link for a colleague. */
export const InviteForm = () => {
  const [personName, setPersonName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const invite = usePerform(createSignInLink);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (personName.trim() !== "")
          invite.mutate({ personName: personName.trim(), role }, { onSuccess: () => setPersonName("") });
      }}
    >
      <Stack gap={16}>
        <TextInput
          label="Name"
          description="As it should stand in the activity"
          required
          value={personName}
          onChange={(event) => setPersonName(event.currentTarget.value)}
        />
        <RoleChoice role={role} onChange={setRole} />
        {invite.error !== null && <ProblemPanel problem={invite.error} />}
        <Group>
          <ActionButton
            action={createSignInLink}
            type="submit"
            variant="filled"
            loading={invite.isPending}
            disabled={personName.trim() === ""}
          >
            Make a sign-in link
          </ActionButton>
        </Group>
        {invite.data !== undefined && (
          <div>
            <Notice tone="good" title="The link is ready">
              It works once and expires <When at={invite.data.expiresAt} />. Send it by a way that you trust.
            </Notice>
            <CodeBlock text={invite.data.url} label="Sign-in link" />
          </div>
        )}
      </Stack>
    </form>
  );
};
