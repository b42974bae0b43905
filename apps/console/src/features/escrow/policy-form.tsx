import { Button, Checkbox, Group, NumberInput, Stack } from "@mantine/core";
import { changePolicy, type KeptPolicy, listPolicies, listSecrets, type RotationPolicy } from "@pomona/contract";
import { useState } from "react";
import { usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { AUTOMATIC_WORDS, POLICY_BOUNDS, type PolicyFields, policyFaults, standardWords } from "./policy-model.ts";
import { SECRET_TITLES } from "./secret-words.ts";

const toNumber = (value: string | number): number => (value === "" ? Number.NaN : Number(value));

interface TimedFieldProps {
  label: string;
  unit: string;
  /** Null: not by this. */
  value: number | null;
  /** What is put in when it is switched on. */
  first: number;
  bounds: { readonly min: number; readonly max: number };
  fault: string | null;
  onChange: (value: number | null) => void;
}

/** A rule that is on with a number, or off. */
const TimedField = ({ label, unit, value, first, bounds, fault, onChange }: TimedFieldProps) => (
  <Stack gap={8}>
    <Checkbox
      label={label}
      checked={value !== null}
      onChange={(event) => onChange(event.currentTarget.checked ? first : null)}
    />
    {value !== null && (
      <NumberInput
        label={unit}
        description={`From ${bounds.min.toLocaleString("en")} to ${bounds.max.toLocaleString("en")}`}
        required
        value={Number.isNaN(value) ? "" : value}
        error={fault}
        allowDecimal={false}
        allowNegative={false}
        onChange={(given) => onChange(toNumber(given))}
      />
    )}
  </Stack>
);

/** How one kind of secret is kept and replaced, within the bounds of the contract. */
export const PolicyForm = ({ kept, onDone }: { kept: KeptPolicy; onDone: () => void }) => {
  const { kind, canRotate, standard } = kept;
  const [policy, setPolicy] = useState<PolicyFields>({
    isAutomatic: kept.isAutomatic,
    everyDays: kept.everyDays,
    afterRevealMinutes: kept.afterRevealMinutes,
    keepOldDays: kept.keepOldDays,
  });
  const change = usePerform(changePolicy, [listPolicies, listSecrets]);
  const set = (part: Partial<PolicyFields>) => setPolicy({ ...policy, ...part });
  const faults = policyFaults(policy);
  const isSound = Object.values(faults).every((fault) => fault === null);
  const input: RotationPolicy = { kind, ...policy };
  const automatic = AUTOMATIC_WORDS[kind];
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSound || change.isPending) return;
        change.mutate(input, {
          onSuccess: () => {
            toast({ tone: "good", title: `${SECRET_TITLES[kind]}: the rule is in force` });
            onDone();
          },
        });
      }}
    >
      <Stack gap={16}>
        {automatic !== undefined && (
          <Checkbox
            label="Set up by itself"
            description={automatic}
            checked={policy.isAutomatic}
            onChange={(event) => set({ isAutomatic: event.currentTarget.checked })}
          />
        )}
        {canRotate ? (
          <>
            <TimedField
              label="Replace it by time"
              unit="Every so many days"
              value={policy.everyDays}
              first={standard.everyDays ?? 90}
              bounds={POLICY_BOUNDS.everyDays}
              fault={faults.everyDays}
              onChange={(everyDays) => set({ everyDays })}
            />
            <TimedField
              label="Replace it after a person saw it"
              unit="So many minutes later"
              value={policy.afterRevealMinutes}
              first={standard.afterRevealMinutes ?? 60}
              bounds={POLICY_BOUNDS.afterRevealMinutes}
              fault={faults.afterRevealMinutes}
              onChange={(afterRevealMinutes) => set({ afterRevealMinutes })}
            />
          </>
        ) : (
          <span>This kind cannot be replaced from here, so there is nothing to plan.</span>
        )}
        <NumberInput
          label="Keep earlier ones for so many days"
          description={`After a newer one was confirmed by the Mac. From ${POLICY_BOUNDS.keepOldDays.min} to ${POLICY_BOUNDS.keepOldDays.max.toLocaleString("en")}`}
          required
          value={Number.isNaN(policy.keepOldDays) ? "" : policy.keepOldDays}
          error={faults.keepOldDays}
          allowDecimal={false}
          allowNegative={false}
          onChange={(value) => set({ keepOldDays: toNumber(value) })}
        />
        <span data-dimmed>
          Where nobody says otherwise: {canRotate ? standardWords(standard) : `kept for ${standard.keepOldDays} days`}.
          A change of days plans what is held anew; what is overdue then is replaced at once, as Macs come online.
        </span>
        {change.error !== null && <ProblemPanel problem={change.error} />}
        <Group gap={8}>
          <ActionButton
            action={changePolicy}
            type="submit"
            variant="filled"
            loading={change.isPending}
            disabled={!isSound}
          >
            Save
          </ActionButton>
          <Button onClick={() => setPolicy(standard)}>Put the standard in</Button>
        </Group>
        <ApiCall action={changePolicy} input={input} />
      </Stack>
    </form>
  );
};
