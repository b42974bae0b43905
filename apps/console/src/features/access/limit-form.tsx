import { Group, NumberInput, Stack } from "@mantine/core";
import { type InputOf, setLimits, showLimits } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { type FormSchema, faultsOf } from "../../kit/form/json-schema.ts";
import { Notice } from "../../kit/notice.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { LIMIT_TITLES, type Limit, type LimitRisk, limitChange } from "./limit-words.ts";

const SCHEMA = setLimits.input as unknown as FormSchema;
const FIELDS = [
  { name: "perActor", label: "Macs in an hour, for one person or token" },
  { name: "perTenant", label: "Macs in an hour, for all of this tenant together" },
  { name: "undoSeconds", label: "Undo window in seconds" },
] as const;

interface LimitFormProps {
  risk: LimitRisk;
  limit: Limit;
  onDone: () => void;
}

/** New values of one kind of limit, and beforehand which of them count at once and which after an hour. */
export const LimitForm = ({ risk, limit, onDone }: LimitFormProps) => {
  const { perActor, perTenant, undoSeconds } = limit.pending ?? limit;
  const [wish, setWish] = useState({ perActor, perTenant, undoSeconds });
  const set = usePerform(setLimits, [showLimits]);
  const input: InputOf<typeof setLimits> = { risk, ...wish };
  const faults = faultsOf(SCHEMA, input);
  const { tighter, looser } = limitChange(limit, wish);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (Object.keys(faults).length > 0) return;
        set.mutate(input, {
          onSuccess: (answer) => {
            const { pending } = answer.limits[risk];
            toast({
              tone: pending === null ? "good" : "progress",
              title: `${LIMIT_TITLES[risk]}: limits changed`,
              text:
                pending === null ? "They count from now on." : "What is looser counts in an hour, and was announced.",
            });
            onDone();
          },
        });
      }}
    >
      <Stack gap={16}>
        {FIELDS.map(({ name, label }) => (
          <NumberInput
            key={name}
            label={label}
            required
            min={0}
            allowDecimal={false}
            thousandSeparator=","
            error={faults[name]}
            value={wish[name]}
            onChange={(value) => setWish({ ...wish, [name]: value === "" ? 0 : Number(value) })}
          />
        ))}
        {tighter.length > 0 && (
          <Notice tone="good" title={`At once: ${tighter.join(", ")}`}>
            What is tighter needs no waiting.
          </Notice>
        )}
        {looser.length > 0 && (
          <Notice tone="attention" title={`In an hour: ${looser.join(", ")}`}>
            Until then it is shown to everybody on the first page and told to whatever listens to this tenant's events,
            so that a stolen session cannot widen its own limits unseen.
          </Notice>
        )}
        {set.error !== null && <ProblemPanel problem={set.error} />}
        <Group>
          <ActionButton
            action={setLimits}
            type="submit"
            variant="filled"
            loading={set.isPending}
            disabled={Object.keys(faults).length > 0 || tighter.length + looser.length === 0}
          >
            Change the limits
          </ActionButton>
        </Group>
        <ApiCall action={setLimits} input={input} />
      </Stack>
    </form>
  );
};
