import { Button, Group, Stack, Textarea } from "@mantine/core";
import { listSecrets, type RevealedSecret, type SecretKind } from "@pomona/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ProblemError } from "../../client/problem-error.ts";
import { useSession } from "../../client/session.tsx";
import { ActionButton } from "../../kit/action-button.tsx";
import { CodeBlock } from "../../kit/code-block.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { When } from "../../kit/time/when.tsx";
import { reveal, revealActionOf } from "./reveal-action.ts";
import { SECRET_TITLES } from "./secret-words.ts";

const SHOWN_FOR_MS = 60_000;

interface RevealFormProps {
  deviceId: string;
  kind: Exclude<SecretKind, "bootstrapToken">;
  /** A value of the history; the one that counts when not given. */
  secretId?: string | undefined;
}

/** Asks why, shows the value once, and hides it again by itself. */
export const RevealForm = ({ deviceId, kind, secretId }: RevealFormProps) => {
  const tenantId = useSession().tenant.id;
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [shown, setShown] = useState<RevealedSecret | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (shown === null) return;
    const timer = setTimeout(() => setShown(null), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  const enough = reason.trim().length >= 10;
  const ask = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const asked = { deviceId, reason: reason.trim(), ...(secretId === undefined ? {} : { secretId }) };
      setShown(await reveal(kind, asked, { tenantId }));
      setReason("");
      await queries.invalidateQueries({ queryKey: [listSecrets.name, tenantId] });
    } catch (cause) {
      setProblem(cause instanceof ProblemError || cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      setBusy(false);
    }
  };
  if (shown !== null)
    return (
      <Stack gap={16}>
        <Notice tone="attention" title="Shown for one minute">
          Who saw it, when and why stands in the activity log.
          {shown.rotatesAt !== null && (
            <>
              {" "}
              It is replaced <When at={shown.rotatesAt} />.
            </>
          )}
        </Notice>
        <CodeBlock text={shown.value} label={SECRET_TITLES[kind]} />
        <Group>
          <Button onClick={() => setShown(null)}>Hide it</Button>
        </Group>
      </Stack>
    );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (enough && !busy) void ask();
      }}
    >
      <Stack gap={16}>
        <Textarea
          label="Reason"
          description="At least ten characters. It is kept in the activity log with your name."
          placeholder="Ticket 4711: the user forgot the password"
          required
          autosize
          minRows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {problem !== null && <ProblemPanel problem={problem} />}
        <Group>
          <ActionButton
            action={revealActionOf(kind) ?? listSecrets}
            type="submit"
            variant="filled"
            loading={busy}
            disabled={!enough}
          >
            Show it
          </ActionButton>
        </Group>
      </Stack>
    </form>
  );
};
