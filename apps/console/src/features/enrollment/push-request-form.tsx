import { Button, Group, Stack, TextInput } from "@mantine/core";
import { createPushRequest } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

/** The request; its key never leaves the server. */
export const PushRequestForm = () => {
  const [organization, setOrganization] = useState("");
  const [email, setEmail] = useState("");
  const create = usePerform(createPushRequest);
  const csr = create.data?.csr;
  const complete = organization.trim() !== "" && email.includes("@");
  const download = (text: string) => {
    const url = URL.createObjectURL(new Blob([text], { type: "application/pkcs10" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "pomona-push.csr";
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) create.mutate({ organization: organization.trim(), email: email.trim() });
      }}
    >
      <Stack gap={12}>
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
          {csr !== undefined && <Button onClick={() => download(csr)}>Download</Button>}
        </Group>
        {csr !== undefined && <CodeBlock text={csr} label="Certificate request" maxHeight={160} />}
      </Stack>
    </form>
  );
};
