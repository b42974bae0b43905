import { Button, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import {
  type IssuedIdentity,
  listIdentities,
  listRevocations,
  revokeCertificate,
  showAuthority,
} from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { REASONS, type RevocationReason, reasonWord, revokeConsequence, roleWord } from "./identity-words.ts";

const WORD = "revoke";

/** What it means for the Mac, then why, then a typed word: a revocation cannot be taken back. */
export const RevokeForm = ({ identity, onDone }: { identity: IssuedIdentity; onDone: () => void }) => {
  const [reason, setReason] = useState<RevocationReason | null>(null);
  const [comment, setComment] = useState("");
  const [typed, setTyped] = useState("");
  const revoke = usePerform(revokeCertificate, [listIdentities, listRevocations, showAuthority]);
  const { hash, role, revokedAt } = identity;
  if (revokedAt !== null)
    return (
      <Notice tone="unknown" title="It is revoked">
        <When at={revokedAt} />: {reasonWord(identity.reason)}.
      </Notice>
    );
  const isReady = reason !== null && typed.trim().toLowerCase() === WORD;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady || revoke.isPending) return;
        const words = comment.trim();
        revoke.mutate(
          { hash, reason, ...(words === "" ? {} : { comment: words }) },
          {
            onSuccess: () => {
              toast({ tone: "good", title: "The certificate is revoked", text: "It is refused here from now on." });
              onDone();
            },
          },
        );
      }}
    >
      <Stack gap={16}>
        <FactsGrid
          rows={[
            { label: "Of", value: roleWord(role) },
            { label: "Mac", value: identity.deviceName === null ? null : <bdi>{identity.deviceName}</bdi> },
            { label: "Ends", value: <When at={identity.notAfter} /> },
          ]}
        />
        <Notice tone="act" title="What happens">
          {revokeConsequence(role).map((sentence) => (
            <p key={sentence} style={{ margin: "4px 0" }}>
              {sentence}
            </p>
          ))}
        </Notice>
        <Select
          label="Why?"
          placeholder="Choose"
          required
          data={REASONS.map((each) => ({ ...each }))}
          value={reason}
          onChange={(value) => setReason(REASONS.find((each) => each.value === value)?.value ?? null)}
        />
        <Textarea
          label="In words"
          description="For the activity log"
          autosize
          minRows={2}
          maxLength={500}
          placeholder="Stolen on the train, case 4711"
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <TextInput
          label={`Type “${WORD}” to confirm`}
          description="It cannot be taken back."
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {revoke.error !== null && <ProblemPanel problem={revoke.error} />}
        <Group gap={8}>
          <ActionButton
            action={revokeCertificate}
            type="submit"
            variant="filled"
            color="red.8"
            loading={revoke.isPending}
            disabled={!isReady}
          >
            Revoke it
          </ActionButton>
          <Button onClick={onDone}>Keep it</Button>
        </Group>
      </Stack>
    </form>
  );
};
