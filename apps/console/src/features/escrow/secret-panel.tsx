import { Button, Group, Stack } from "@mantine/core";
import { clearSecret, type InputOf, listSecrets, rotateSecret, type Secret, verifySecret } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { FactsGrid } from "../../kit/facts-grid.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import { When } from "../../kit/time/when.tsx";
import { toast } from "../../kit/toasts.ts";
import { isClearable } from "./clear-form.tsx";
import { revealActionOf } from "./reveal-action.ts";
import { SecretHistory } from "./secret-history.tsx";
import { rotationWord, SECRET_TITLES, secretWord } from "./secret-words.ts";

interface SecretPanelProps {
  deviceId: string;
  secret: Secret;
  onReveal: (secretId?: string) => void;
  onClear: () => void;
}

/** One kind of secret: how it stands, what to do next, and what was before. */
export const SecretPanel = ({ deviceId, secret, onReveal, onClear }: SecretPanelProps) => {
  const title = SECRET_TITLES[secret.kind];
  const rotate = usePerform(rotateSecret, [listSecrets]);
  const verify = usePerform(verifySecret, [listSecrets]);
  const [history, setHistory] = useState(false);
  const revealAction = revealActionOf(secret.kind);
  // The server says with `canRotate` and `canVerify` which kinds its actions take.
  const rotateNow = () =>
    rotate.mutate(
      { deviceId, kind: secret.kind as InputOf<typeof rotateSecret>["kind"] },
      {
        onSuccess: ({ waitsFor }) =>
          toast({
            tone: "progress",
            title: `${title}: a new one is on its way`,
            ...(waitsFor ? { text: `Waits for ${waitsFor}.` } : {}),
          }),
      },
    );
  const verifyNow = () =>
    verify.mutate(
      { deviceId, kind: secret.kind as InputOf<typeof verifySecret>["kind"] },
      {
        onSuccess: ({ waitsFor }) =>
          toast({ tone: "progress", title: `${title}: being proven`, text: `Waits for ${waitsFor}.` }),
      },
    );
  const problem = rotate.error ?? verify.error;
  return (
    <Panel title={title} beside={<State {...secretWord(secret.state)} />}>
      <Stack gap={12}>
        {secret.advice !== null && <span>{secret.advice}</span>}
        {secret.values.length > 0 && (
          <FactsGrid
            rows={[
              { label: "Here since", value: <When at={secret.since} /> },
              {
                label: "Proven on the Mac",
                value:
                  secret.verdict === "wrong" ? (
                    <State tone="act" word="It did not fit" />
                  ) : (
                    <When at={secret.lastVerifiedAt} />
                  ),
              },
              { label: "Last seen by a person", value: <When at={secret.lastRevealedAt} /> },
              { label: "Replaced next", value: <When at={secret.nextRotationAt} never="not planned" /> },
              ...(secret.expiresAt === null
                ? []
                : [{ label: "macOS hands it out until", value: <When at={secret.expiresAt} /> }]),
              ...(secret.rotation === null
                ? []
                : [
                    {
                      label: "Replacement",
                      value: <State {...rotationWord(secret.rotation.state)} why={secret.rotation.reason} />,
                    },
                  ]),
            ]}
          />
        )}
        {secret.rotation !== null && secret.rotation.error !== null && <span>{secret.rotation.error}</span>}
        {problem !== null && <ProblemPanel problem={problem} />}
        <Group gap={8}>
          {secret.isRevealable && revealAction !== null && (
            <ActionButton action={revealAction} onClick={() => onReveal()} aria-label={`Show: ${title}`}>
              Show
            </ActionButton>
          )}
          {secret.canRotate && (
            <ActionButton
              action={rotateSecret}
              loading={rotate.isPending}
              onClick={rotateNow}
              aria-label={`Replace now: ${title}`}
            >
              Replace now
            </ActionButton>
          )}
          {secret.canVerify && (
            <ActionButton
              action={verifySecret}
              loading={verify.isPending}
              onClick={verifyNow}
              aria-label={`Prove on the Mac: ${title}`}
            >
              Prove on the Mac
            </ActionButton>
          )}
          {isClearable(secret.kind) && secret.values.some(({ slot }) => slot === "current") && (
            <ActionButton action={clearSecret} onClick={onClear} aria-label={`Take off the Mac: ${title}`}>
              Take off the Mac
            </ActionButton>
          )}
          {secret.values.length > 0 && (
            <Button variant="subtle" color="gray" aria-expanded={history} onClick={() => setHistory(!history)}>
              {history ? "Hide" : "Show"} the history of {secret.values.length}
            </Button>
          )}
        </Group>
        {history && <SecretHistory secret={secret} {...(revealAction === null ? {} : { onReveal })} />}
      </Stack>
    </Panel>
  );
};
