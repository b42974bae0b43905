import { Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { createToken, type InputOf, listTokens, type Role } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { RoleChoice } from "./role-choice.tsx";

/** Makes a token, and shows it the only time it can be shown. */
export const NewTokenForm = () => {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("auditor");
  const [days, setDays] = useState<number | null>(90);
  const create = usePerform(createToken, [listTokens]);
  const input: InputOf<typeof createToken> = {
    name: name.trim(),
    role,
    ...(days === null ? {} : { expiresInDays: days }),
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (input.name !== "") create.mutate(input, { onSuccess: () => setName("") });
      }}
    >
      <Stack gap={16}>
        <TextInput
          label="Name"
          description="What uses it"
          placeholder="Inventory sync"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <RoleChoice role={role} onChange={setRole} />
        <NumberInput
          label="Expires after"
          description="Days; empty: never"
          min={1}
          max={3650}
          value={days ?? ""}
          onChange={(value) => setDays(value === "" ? null : Number(value))}
        />
        {create.error !== null && <ProblemPanel problem={create.error} />}
        <Group>
          <ActionButton
            action={createToken}
            type="submit"
            variant="filled"
            loading={create.isPending}
            disabled={input.name === ""}
          >
            Create token
          </ActionButton>
        </Group>
        {create.data !== undefined && (
          <div>
            <Notice tone="good" title={`Token “${create.data.name}” is ready`}>
              It is shown only now: copy it to where it is used.
            </Notice>
            <CodeBlock text={create.data.token} label="API token" />
          </div>
        )}
        <ApiCall action={createToken} input={input} />
      </Stack>
    </form>
  );
};
