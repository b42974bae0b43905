import { Stack, Textarea, TextInput } from "@mantine/core";
import type { DraftFaults, RuleDraft } from "./rule-draft.ts";
import styles from "./rule-form.module.css";

interface FieldsProps {
  draft: RuleDraft;
  faults: DraftFaults;
  change: (fields: Partial<RuleDraft>) => void;
}

/** The dialog on the Mac, and how it will look. */
export const MessageFields = ({ draft, faults, change }: FieldsProps) => (
  <Stack gap={16}>
    <TextInput
      label="Title"
      maxLength={100}
      placeholder="This app is not allowed here"
      value={draft.messageTitle}
      onChange={(event) => change({ messageTitle: event.currentTarget.value })}
    />
    <Textarea
      label="Text"
      description="What was blocked, why, and whom to ask. Empty: a standard text."
      autosize
      minRows={2}
      value={draft.messageText}
      error={faults.messageText}
      onChange={(event) => change({ messageText: event.currentTarget.value })}
    />
    <TextInput
      label="Link"
      placeholder="https://help.example.com/apps"
      value={draft.messageUrl}
      error={faults.messageUrl}
      onChange={(event) => change({ messageUrl: event.currentTarget.value })}
    />
    <TextInput
      label="Text of the link's button"
      maxLength={40}
      placeholder="Ask for it"
      value={draft.messageButton}
      onChange={(event) => change({ messageButton: event.currentTarget.value })}
    />
    {draft.messageText !== "" && (
      <figure style={{ margin: 0 }} aria-label="Preview of the dialog on the Mac">
        <div className={styles.preview}>
          <strong>{draft.messageTitle || "App blocked"}</strong>
          {draft.messageText}
          <div className={styles.buttons}>
            {draft.messageUrl !== "" && <span>{draft.messageButton || "More"}</span>}
            <span>OK</span>
          </div>
        </div>
      </figure>
    )}
  </Stack>
);
