import { Group, Stack, TextInput } from "@mantine/core";
import {
  listPushRequests,
  openSigningAnswer,
  type PortalUpload,
  type PushRequest,
  requestVendorSignature,
} from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { TextOrFile } from "../../kit/form/text-or-file.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";

interface SigningServiceFormProps {
  request: PushRequest;
  signingUrl: string | null;
  onSigned: (upload: PortalUpload) => void;
}

/** Sends the request to the signing service, and opens the answer that it mails. */
export const SigningServiceForm = ({ request, signingUrl, onSigned }: SigningServiceFormProps) => {
  const requestId = request.id;
  const [email, setEmail] = useState("");
  const [answer, setAnswer] = useState("");
  const send = usePerform(requestVendorSignature, [listPushRequests]);
  const open = usePerform(openSigningAnswer);
  const digits = answer.replace(/\s+/g, "");
  const isHex = digits !== "" && /^[0-9a-f]+$/i.test(digits);
  if (signingUrl === null && !request.isSentToService)
    return (
      <Notice tone="attention" title="No key for the signing service is set">
        Register at mdmcert.download and ask for a key for your own installation. Whoever runs this server puts it into
        POMONA_MDMCERT_KEY and starts it again.
      </Notice>
    );
  return (
    <Stack gap={16}>
      {signingUrl !== null && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (email.includes("@")) send.mutate({ requestId, email: email.trim() });
          }}
        >
          <Stack gap={12}>
            <TextInput
              label="Address that is registered there"
              description={`The request goes to ${signingUrl}; the answer is mailed to this address.`}
              required
              type="email"
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            {send.error !== null && <ProblemPanel problem={send.error} />}
            <Group>
              <ActionButton
                action={requestVendorSignature}
                type="submit"
                variant={request.isSentToService ? "default" : "filled"}
                loading={send.isPending}
                disabled={!email.includes("@")}
              >
                {request.isSentToService ? "Send it once more" : "Send the request"}
              </ActionButton>
            </Group>
            {request.isSentToService && (
              <span data-dimmed>
                It was sent. Sending it once more makes a new key for the answer: an answer to the earlier one opens no
                more.
              </span>
            )}
          </Stack>
        </form>
      )}
      {request.isSentToService && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (isHex) open.mutate({ requestId, answer: digits }, { onSuccess: onSigned });
          }}
        >
          <Stack gap={12}>
            <TextOrFile
              label="The answer from the mail"
              description="The attached file: hexadecimal digits"
              required
              accept=".p7,.txt,.hex"
              value={answer}
              error={
                digits !== "" && !isHex
                  ? "These are not hexadecimal digits only. Take the attached file as it is."
                  : null
              }
              onChange={setAnswer}
            />
            {open.error !== null && <ProblemPanel problem={open.error} />}
            <Group>
              <ActionButton
                action={openSigningAnswer}
                type="submit"
                variant="filled"
                loading={open.isPending}
                disabled={!isHex}
              >
                Open the answer
              </ActionButton>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
};
