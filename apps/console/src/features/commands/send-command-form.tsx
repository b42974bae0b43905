import { Group, Stack } from "@mantine/core";
import { type InputOf, listCommands, sendCommand, type UserChannel } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { ConfirmWord } from "../../kit/confirm-word.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { CommandFields } from "./command-fields.tsx";
import type { Delivery } from "./delivery.ts";
import { DeliveryFields } from "./delivery-fields.tsx";
import { sentToast } from "./sent-toast.ts";
import { useCommandDraft } from "./use-command-draft.ts";

interface SendCommandFormProps {
  deviceId: string;
  users: readonly UserChannel[];
  onSent: () => void;
}

/** Any command that the server knows, its form made from the command's own schema. */
export const SendCommandForm = ({ deviceId, users, onSent }: SendCommandFormProps) => {
  const draft = useCommandDraft();
  const [delivery, setDelivery] = useState<Delivery>({});
  const [typed, setTyped] = useState("");
  const send = usePerform(sendCommand, [listCommands]);
  const { type } = draft;
  const destructive = type?.risk === "destructive";
  const confirmed = !destructive || typed === type.requestType;
  const input: InputOf<typeof sendCommand> = { deviceId, ...draft.command, ...delivery };
  const forUsers = type?.channels.includes("user") === true ? users : [];
  const needsUser = type !== undefined && !type.channels.includes("device") && delivery.userId === undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        draft.showFaults();
        if (type === undefined || !draft.isComplete || !confirmed || needsUser) return;
        send.mutate(input, {
          onSuccess: (sent) => {
            sentToast(type.requestType, sent);
            onSent();
          },
        });
      }}
    >
      <Stack gap={16}>
        <CommandFields draft={draft} />
        {type !== undefined && <DeliveryFields delivery={delivery} onChange={setDelivery} users={forUsers} />}
        {needsUser && (
          <Notice tone="attention" title="For a user's channel only">
            {users.length === 0
              ? "No user of this Mac has one yet. It comes when a managed user logs in."
              : "Choose the user above."}
          </Notice>
        )}
        {destructive && (
          <>
            <Notice tone="act" title="This cannot be undone on the Mac">
              The Mac does it as soon as it is reached, and whoever works at it is not asked. Until its undo window ends
              it can be cancelled here.
            </Notice>
            <ConfirmWord word={type.requestType} typed={typed} onChange={setTyped} />
          </>
        )}
        {send.error !== null && <ProblemPanel problem={send.error} />}
        <Group>
          <ActionButton
            action={sendCommand}
            type="submit"
            variant="filled"
            {...(destructive ? { color: "red.8" } : {})}
            loading={send.isPending}
            disabled={type === undefined || !confirmed || needsUser}
          >
            {type === undefined ? "Send" : `Send ${type.requestType}`}
          </ActionButton>
        </Group>
        {type !== undefined && <ApiCall action={sendCommand} input={input} />}
      </Stack>
    </form>
  );
};
