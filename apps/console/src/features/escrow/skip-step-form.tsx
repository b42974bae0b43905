import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type DepartureStepName, showDeparture, skipDepartureStep } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import styles from "./departure.module.css";

const LEAST = 3;

interface SkipStepFormProps {
  deviceId: string;
  step: DepartureStepName;
  onDone: () => void;
}

/** A step is left out with a reason, which stays in the runbook. */
export const SkipStepForm = ({ deviceId, step, onDone }: SkipStepFormProps) => {
  const [reason, setReason] = useState("");
  const skip = usePerform(skipDepartureStep, [showDeparture]);
  const given = reason.trim();
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (given.length >= LEAST) skip.mutate({ deviceId, step, reason: given }, { onSuccess: onDone });
      }}
    >
      <Stack gap={12}>
        <TextInput
          label="Why is it skipped?"
          description="It stays in the runbook and in the activity log, with your name."
          placeholder="It was updated yesterday"
          required
          autoFocus
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {skip.error !== null && <ProblemPanel problem={skip.error} />}
        <Group gap={8}>
          <ActionButton
            action={skipDepartureStep}
            type="submit"
            loading={skip.isPending}
            disabled={given.length < LEAST}
          >
            Skip it
          </ActionButton>
          <Button variant="subtle" color="gray" onClick={onDone}>
            Do not skip
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
