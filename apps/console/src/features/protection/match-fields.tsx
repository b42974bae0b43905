import { Select, Stack, TextInput } from "@mantine/core";
import type { DraftFaults, How, RuleDraft } from "./rule-draft.ts";
import styles from "./rule-form.module.css";

const HOWS = [
  { value: "exact", label: "is" },
  { value: "contains", label: "contains" },
  { value: "pattern", label: "fits pattern" },
];

interface FieldsProps {
  draft: RuleDraft;
  faults: DraftFaults;
  change: (fields: Partial<RuleDraft>) => void;
}

const asHow = (value: string | null): How => (value === "contains" || value === "pattern" ? value : "exact");

/** What the process must be: by name, place or signature. */
export const MatchFields = ({ draft, faults, change }: FieldsProps) => (
  <Stack gap={16}>
    <div className={styles.pair}>
      <Select
        label="Process name"
        data={HOWS}
        value={draft.processNameHow}
        allowDeselect={false}
        aria-label="How the process name must match"
        onChange={(how) => change({ processNameHow: asHow(how) })}
      />
      <TextInput
        label=" "
        aria-label="Process name"
        placeholder="Transmission"
        value={draft.processName}
        error={faults.processName}
        onChange={(event) => change({ processName: event.currentTarget.value })}
      />
    </div>
    <div className={styles.pair}>
      <Select
        label="Path"
        data={HOWS}
        value={draft.pathHow}
        allowDeselect={false}
        aria-label="How the path must match"
        onChange={(how) => change({ pathHow: asHow(how) })}
      />
      <TextInput
        label=" "
        aria-label="Path"
        placeholder={
          draft.pathHow === "pattern"
            ? "/Users/*/Downloads/**"
            : draft.pathHow === "contains"
              ? "/Downloads/"
              : "/Applications/Transmission.app/Contents/MacOS/Transmission"
        }
        description={
          draft.pathHow === "pattern" ? "* within a folder name, ** across folders, ? one character" : undefined
        }
        value={draft.path}
        error={faults.path}
        onChange={(event) => change({ path: event.currentTarget.value })}
      />
    </div>
    <TextInput
      label="Team ID"
      description="Everything that this developer signs"
      placeholder="EQHXZ8M8AV"
      value={draft.teamId}
      error={faults.teamId}
      onChange={(event) => change({ teamId: event.currentTarget.value })}
    />
    <TextInput
      label="Signing ID"
      description="One product; safest together with the team ID, because anybody can choose it"
      placeholder="org.m0k.transmission"
      value={draft.signingId}
      error={faults.signingId}
      onChange={(event) => change({ signingId: event.currentTarget.value })}
    />
    <TextInput
      label="Code hash (CDHash)"
      description="Exactly this build"
      placeholder="40 hexadecimal digits"
      value={draft.cdhash}
      error={faults.cdhash}
      onChange={(event) => change({ cdhash: event.currentTarget.value })}
    />
  </Stack>
);
