import { Button, FileButton, Group, Stack, Textarea } from "@mantine/core";
import { type InputOf, listCommands, type OutputOf, sendRawCommand, type UserChannel } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { ConfirmWord } from "../../kit/confirm-word.tsx";
import { CopyText } from "../../kit/copy-text.tsx";
import { base64Of } from "../../kit/form/base64-of.ts";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import type { Delivery } from "./delivery.ts";
import { DeliveryFields } from "./delivery-fields.tsx";

const EXAMPLE = `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
	<key>RequestType</key>
	<string>SecurityInfo</string>
</dict>
</plist>`;
const WORD = "unchecked";

type Sent = OutputOf<typeof sendRawCommand>;

const SentNotice = ({ sent }: { sent: Sent }) => (
  <Notice
    tone={sent.warnings.length === 0 ? "progress" : "attention"}
    title={`${sent.requestType} is pending, with ${sent.warnings.length === 0 ? "nothing" : sent.warnings.length} against it`}
  >
    {sent.warnings.length > 0 && (
      <ul>
        {sent.warnings.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path !== "" && <code>{path}</code>} {message}
          </li>
        ))}
      </ul>
    )}
    SHA-256 of the property list: <CopyText text={sent.sha256} what="SHA-256" wrap />
  </Notice>
);

interface SendRawFormProps {
  deviceId: string;
  users: readonly UserChannel[];
}

/** A property list as a person wrote it: nothing refuses it, and the activity log says so. */
export const SendRawForm = ({ deviceId, users }: SendRawFormProps) => {
  const [text, setText] = useState("");
  const [file, setFile] = useState<{ name: string; plist: string } | null>(null);
  const [delivery, setDelivery] = useState<Delivery>({});
  const [typed, setTyped] = useState("");
  const send = usePerform(sendRawCommand, [listCommands]);
  const plist = file?.plist ?? (text.trim() === "" ? "" : base64Of(new TextEncoder().encode(text)));
  const input: InputOf<typeof sendRawCommand> = { deviceId, plist, ...delivery };
  const isReady = plist !== "" && typed === WORD;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) send.mutate(input, { onSuccess: () => setTyped("") });
      }}
    >
      <Stack gap={16}>
        <Notice tone="act" title="Nobody checks this">
          The Mac gets it as it stands here. It counts as destructive: it waits for the end of the undo window. The
          activity log keeps its request type and its SHA-256, never its keys.
        </Notice>
        {file === null ? (
          <Textarea
            label="Property list"
            description="The command's dictionary with its RequestType, or {Command, CommandUUID}"
            placeholder={EXAMPLE}
            autosize
            minRows={8}
            maxRows={20}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          <Group gap={8}>
            <span>
              The property list of <bdi>{file.name}</bdi>
            </span>
            <Button variant="subtle" color="gray" onClick={() => setFile(null)}>
              Write it instead
            </Button>
          </Group>
        )}
        <Group>
          <FileButton
            onChange={(chosen) => {
              if (chosen === null) return;
              void chosen
                .arrayBuffer()
                .then((bytes) => setFile({ name: chosen.name, plist: base64Of(new Uint8Array(bytes)) }));
            }}
          >
            {(props) => <Button {...props}>Choose a file</Button>}
          </FileButton>
        </Group>
        <DeliveryFields delivery={delivery} onChange={setDelivery} users={users} />
        <ConfirmWord word={WORD} typed={typed} onChange={setTyped} />
        {send.error !== null && <ProblemPanel problem={send.error} />}
        {send.data !== undefined && <SentNotice sent={send.data} />}
        <Group>
          <ActionButton
            action={sendRawCommand}
            type="submit"
            variant="filled"
            color="red.8"
            loading={send.isPending}
            disabled={!isReady}
          >
            Send it unchecked
          </ActionButton>
        </Group>
        {plist !== "" && <ApiCall action={sendRawCommand} input={input} />}
      </Stack>
    </form>
  );
};
