import { Group, Stack } from "@mantine/core";
import { type PortalUpload, signPushRequest } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { TextOrFile } from "../../kit/form/text-or-file.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

interface ReadySignatureFormProps {
  requestId: string;
  onSigned: (upload: PortalUpload) => void;
}

/** What a vendor made of the request, checked before Apple sees it. */
export const ReadySignatureForm = ({ requestId, onSigned }: ReadySignatureFormProps) => {
  const [plist, setPlist] = useState("");
  const sign = usePerform(signPushRequest);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (plist.trim() !== "") sign.mutate({ requestId, plist: plist.trim() }, { onSuccess: onSigned });
      }}
    >
      <Stack gap={12}>
        <TextOrFile
          label="Property list"
          description="As XML, or the base64 of it"
          required
          accept=".plist,.xml,.txt,.b64"
          value={plist}
          onChange={setPlist}
        />
        {sign.error !== null && <ProblemPanel problem={sign.error} />}
        <Group>
          <ActionButton
            action={signPushRequest}
            type="submit"
            variant="filled"
            loading={sign.isPending}
            disabled={plist.trim() === ""}
          >
            Check it
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
