import { Checkbox, Group, Radio, Stack, TextInput } from "@mantine/core";
import { changeRule, createRule } from "@pomona/contract";
import { type ReactNode, useState } from "react";
import type { ProblemError } from "../../client/problem-error.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { DeviceChoice } from "./device-choice.tsx";
import { MatchFields } from "./match-fields.tsx";
import { MessageFields } from "./message-fields.tsx";
import { type DraftFaults, draftFaults, type RuleDraft, ruleOfDraft } from "./rule-draft.ts";
import styles from "./rule-form.module.css";
import { ruleSentence } from "./rule-sentence.ts";

interface RuleFormProps {
  start: RuleDraft;
  /** Set when a rule is changed rather than made. */
  ruleId?: string;
  busy: boolean;
  problem: ProblemError | null;
  onSave: (rule: ReturnType<typeof ruleOfDraft>) => void;
  beside?: ReactNode;
}

/** A rule, its plain sentence beside it while it is written. */
export const RuleForm = ({ start, ruleId, busy, problem, onSave, beside }: RuleFormProps) => {
  const [draft, setDraft] = useState(start);
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const all = draftFaults(draft);
  const faults: DraftFaults = Object.fromEntries(Object.entries(all).filter(([name]) => touched.has(name)));
  const valid = Object.keys(all).length === 0;
  const change = (fields: Partial<RuleDraft>) => {
    setDraft({ ...draft, ...fields });
    setTouched(new Set([...touched, ...Object.keys(fields)]));
  };
  const rule = ruleOfDraft(draft);
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setTouched(new Set(Object.keys(draft)));
        if (valid) onSave(rule);
      }}
    >
      <Stack gap={16} className={styles.fields}>
        <Panel title="What it matches" beside="all that are given must match">
          <MatchFields draft={draft} faults={faults} change={change} />
        </Panel>
        <Panel title="What happens">
          <Radio.Group
            aria-label="What happens"
            value={draft.mode}
            onChange={(mode) => change({ mode: mode === "block" ? "block" : "report" })}
          >
            <Stack gap={12}>
              <Radio
                value="report"
                label="Report only"
                description="The process runs. An incident is opened here; the person at the Mac sees nothing."
              />
              <Radio
                value="block"
                label="Block"
                description="The process is killed as it starts, in milliseconds, also while the Mac is offline. Unsaved work in it is lost."
              />
            </Stack>
          </Radio.Group>
          <Checkbox
            mt={16}
            label="Even if it is part of macOS"
            description="Without this, Apple's own binaries are never stopped."
            checked={draft.allowPlatformBinary}
            onChange={(event) => change({ allowPlatformBinary: event.currentTarget.checked })}
          />
          {draft.allowPlatformBinary && draft.mode === "block" && (
            <div className={styles.warning}>
              <Notice tone="act" title="This can make a Mac unusable">
                Killing a part of macOS can stop people from logging in. Try it as report only, on one Mac, first.
              </Notice>
            </div>
          )}
        </Panel>
        {draft.mode === "block" && (
          <Panel title="What the person sees" beside="optional">
            <MessageFields draft={draft} faults={faults} change={change} />
          </Panel>
        )}
        <Panel title="Where and how long">
          <Radio.Group
            aria-label="Where"
            value={draft.wholeTenant ? "tenant" : "devices"}
            onChange={(value) => change({ wholeTenant: value === "tenant" })}
          >
            <Stack gap={12}>
              <Radio value="tenant" label="All Macs" description="Also those that enroll later." />
              <Radio value="devices" label="Chosen Macs" />
            </Stack>
          </Radio.Group>
          {!draft.wholeTenant && (
            <DeviceChoice
              chosen={draft.deviceIds}
              fault={faults.deviceIds}
              onChange={(deviceIds) => change({ deviceIds })}
            />
          )}
          <TextInput
            mt={16}
            type="date"
            label="Ends on"
            description="Empty: it stays until it is removed."
            className={styles.date ?? ""}
            value={draft.expiresOn}
            onChange={(event) => change({ expiresOn: event.currentTarget.value })}
          />
        </Panel>
      </Stack>
      <div className={styles.beside}>
        <Panel title="Rule">
          <Stack gap={16}>
            <TextInput
              label="Name"
              required
              placeholder="Block BitTorrent clients"
              value={draft.name}
              error={faults.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <p className={styles.sentence} aria-live="polite" data-mode={draft.mode}>
              <bdi>{ruleSentence(rule)}</bdi>
            </p>
            {problem !== null && <ProblemPanel problem={problem} />}
            <Group>
              <ActionButton
                action={ruleId === undefined ? createRule : changeRule}
                type="submit"
                size="sm"
                variant="filled"
                loading={busy}
              >
                {ruleId === undefined ? "Create rule" : "Save"}
              </ActionButton>
            </Group>
            {valid &&
              (ruleId === undefined ? (
                <ApiCall action={createRule} input={rule} />
              ) : (
                <ApiCall action={changeRule} input={{ ruleId, ...rule }} />
              ))}
          </Stack>
        </Panel>
        {beside}
      </div>
    </form>
  );
};
