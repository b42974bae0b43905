import { Group, TextInput } from "@mantine/core";
import { confirmDrill, showEscrow, showRecovery } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";

/** As the drill prints it, with or without dashes. */
const LEAST_LETTERS = 24;

/** Takes the code that a drill printed on the machine where the bundle key is. */
export const ConfirmDrillForm = () => {
  const [code, setCode] = useState("");
  const confirm = usePerform(confirmDrill, [showEscrow, showRecovery]);
  const isWhole = code.replaceAll(/[^A-Za-z0-9]/g, "").length >= LEAST_LETTERS;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWhole) return;
        confirm.mutate(
          { code: code.trim() },
          {
            onSuccess: () => {
              toast({ tone: "good", title: "The drill is recorded" });
              setCode("");
            },
          },
        );
      }}
    >
      {confirm.error !== null && <ProblemPanel problem={confirm.error} />}
      <Group align="end">
        <TextInput
          label="Code of a drill"
          placeholder="ABCDEF-GHJKLM-NPQRST-UVWXYZ"
          autoComplete="off"
          spellCheck={false}
          w={320}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <ActionButton action={confirmDrill} type="submit" loading={confirm.isPending} disabled={!isWhole}>
          Record the drill
        </ActionButton>
      </Group>
    </form>
  );
};
