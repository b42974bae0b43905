import { Button, Group, Stack } from "@mantine/core";
import { clearSecret, type InputOf, listSecrets } from "@pomona/contract";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { SECRET_TITLES } from "./secret-words.ts";

/** What can be taken off a Mac. */
export type ClearableKind = InputOf<typeof clearSecret>["kind"];
export const isClearable = (kind: string | undefined): kind is ClearableKind =>
  kind === "recoveryLock" || kind === "firmwarePassword";

const CONSEQUENCES: Readonly<Record<ClearableKind, string>> = {
  recoveryLock:
    "Whoever has the Mac in hand can start recoveryOS without a password: erase it, start from another disk, change its startup security. The disk stays locked by FileVault, if that is on.",
  firmwarePassword:
    "Whoever has the Mac in hand can start it from another disk or in recovery mode without a password. The disk stays locked by FileVault, if that is on. It counts after the next restart.",
};

interface ClearFormProps {
  deviceId: string;
  kind: ClearableKind;
  onDone: () => void;
}

/** What it means to take a lock off a Mac, before it is done. */
export const ClearForm = ({ deviceId, kind, onDone }: ClearFormProps) => {
  const clear = usePerform(clearSecret, [listSecrets]);
  return (
    <Stack gap={16}>
      <Notice tone="attention" title="What happens">
        {CONSEQUENCES[kind]}
      </Notice>
      <span>
        The command goes out when its undo window is over; until then it can be cancelled under Commands. What was held
        stays in the history, and “Replace now” sets a new one at any time.
      </span>
      {clear.error !== null && <ProblemPanel problem={clear.error} />}
      <Group gap={8}>
        <ActionButton
          action={clearSecret}
          variant="filled"
          color="red.8"
          loading={clear.isPending}
          onClick={() =>
            clear.mutate(
              { deviceId, kind },
              {
                onSuccess: ({ waitsFor }) => {
                  toast({
                    tone: "progress",
                    title: `${SECRET_TITLES[kind]}: being taken off`,
                    text: `Waits for ${waitsFor}.`,
                  });
                  onDone();
                },
              },
            )
          }
        >
          Take it off
        </ActionButton>
        <Button onClick={onDone}>Leave it on</Button>
      </Group>
    </Stack>
  );
};
