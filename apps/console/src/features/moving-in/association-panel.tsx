import { Group, Select, Stack } from "@mantine/core";
import { closeAssociation, type OutputOf, openAssociation, showMovingIn } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { State } from "../../kit/state-badge.tsx";
import { useNow } from "../../kit/time/use-now.ts";
import { When } from "../../kit/time/when.tsx";

const HOUR_MS = 3_600_000;
const LASTS = [
  { value: "1", label: "an hour" },
  { value: "8", label: "8 hours" },
  { value: "24", label: "a day" },
  { value: "168", label: "a week" },
  { value: "719", label: "30 days" },
];

/** The time in which a Mac whose certificate is not known may bring it, once. */
export const AssociationPanel = ({ moving }: { moving: OutputOf<typeof showMovingIn> }) => {
  const [hours, setHours] = useState("8");
  const now = useNow();
  const open = usePerform(openAssociation, [showMovingIn]);
  const close = usePerform(closeAssociation, [showMovingIn]);
  const { windowUntil, unpinned } = moving;
  const isOpen = windowUntil !== null && Date.parse(windowUntil) > now;
  const problem = open.error ?? close.error;
  return (
    <Panel
      title="Macs whose certificate is not known"
      beside={<State tone={isOpen ? "attention" : "unknown"} word={isOpen ? "Window open" : "Window closed"} />}
    >
      <Stack gap={12} maw={720}>
        <span>
          {unpinned === 0
            ? "None: of every Mac that was taken over the certificate is known."
            : `${unpinned === 1 ? "1 Mac was" : `${unpinned.toLocaleString("en")} Macs were`} taken over without a certificate. ${unpinned === 1 ? "It is" : "They are"} refused unless a window is open, in which each may bring its certificate once.`}
        </span>
        {isOpen && (
          <span>
            It closes <When at={windowUntil} />.
          </span>
        )}
        <span>
          While it is open, whoever holds any valid identity of the old server's authority could take the place of such
          a Mac. Keep it short, and close it when none is left.
        </span>
        {problem !== null && <ProblemPanel problem={problem} />}
        <Group gap={8} align="end">
          <Select
            label={isOpen ? "Instead open for" : "Open for"}
            data={LASTS}
            value={hours}
            allowDeselect={false}
            onChange={(value) => setHours(value ?? "8")}
          />
          <ActionButton
            action={openAssociation}
            loading={open.isPending}
            onClick={() => open.mutate({ until: new Date(Date.now() + Number(hours) * HOUR_MS).toISOString() })}
          >
            {isOpen ? "Change the window" : "Open the window"}
          </ActionButton>
          {isOpen && (
            <ActionButton
              action={closeAssociation}
              variant="filled"
              loading={close.isPending}
              onClick={() => close.mutate({})}
            >
              Close it now
            </ActionButton>
          )}
        </Group>
      </Stack>
    </Panel>
  );
};
