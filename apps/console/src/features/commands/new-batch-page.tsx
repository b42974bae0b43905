import { Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createBatch, type InputOf, listBatches, previewBatch } from "@pomona/contract";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAction, usePerform } from "../../client/use-action.ts";
import { ActionButton } from "../../kit/action-button.tsx";
import { ApiCall } from "../../kit/api-call.tsx";
import { ConfirmWord } from "../../kit/confirm-word.tsx";
import { counted } from "../../kit/count-words.ts";
import { Notice } from "../../kit/notice.tsx";
import { Page, Panel } from "../../kit/page.tsx";
import { ProblemPanel } from "../../kit/problem-panel.tsx";
import { toast } from "../../kit/toasts.ts";
import { useUrlSearch } from "../../kit/url.ts";
import { BatchPreview } from "./batch-preview.tsx";
import { targetOf } from "./batch-target.ts";
import { CommandFields } from "./command-fields.tsx";
import type { Delivery } from "./delivery.ts";
import { DeliveryFields } from "./delivery-fields.tsx";
import styles from "./new-batch-page.module.css";
import { TargetFields } from "./target-fields.tsx";
import { useCommandDraft } from "./use-command-draft.ts";

const NOBODY: InputOf<typeof previewBatch> = { requestType: "" };

/** What is left to say before anything can be counted. */
const missing = (hasType: boolean, hasTarget: boolean, isComplete: boolean): string | null =>
  !hasType
    ? "Choose a command."
    : !hasTarget
      ? "Say which Macs: name them, filter for them, or take all."
      : isComplete
        ? null
        : "Fill in what the command needs.";

/** One command to many Macs: what, to which, and what would happen before it does. */
export const NewBatchPage = () => {
  const navigate = useNavigate();
  const draft = useCommandDraft();
  const target = targetOf(useUrlSearch());
  const [name, setName] = useState("");
  const [delivery, setDelivery] = useState<Delivery>({});
  const [typed, setTyped] = useState("");
  const create = usePerform(createBatch, [listBatches]);
  const { type } = draft;
  const left = missing(type !== undefined, target !== null, draft.isComplete);
  const asked = JSON.stringify(left === null ? { ...target, ...draft.command } : NOBODY);
  const [settled] = useDebouncedValue(asked, 300);
  const isAsked = left === null && settled === asked;
  const read = useAction(previewBatch, JSON.parse(settled) as typeof NOBODY, { enabled: isAsked });
  const preview = isAsked ? read.data : undefined;
  const { userId: _, ...how } = delivery;
  const input: InputOf<typeof createBatch> = {
    ...target,
    ...draft.command,
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    ...how,
  };
  const destructive = preview?.risk === "destructive";
  const isReady = preview !== undefined && preview.possible > 0 && (!destructive || typed === type?.requestType);
  return (
    <Page title="New batch" up={{ to: "/commands", label: "Commands" }} lead="One MDM command to many Macs">
      <form
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          draft.showFaults();
          if (!isReady) return;
          create.mutate(input, {
            onSuccess: ({ id, unknown }) => {
              if (unknown.length > 0)
                toast({
                  tone: "attention",
                  title: `${counted(unknown.length, "Mac")} of those named are not known here`,
                });
              void navigate({ to: `/commands/batches/${id}` });
            },
          });
        }}
      >
        <div className={styles.fields}>
          <Panel title="What">
            <CommandFields draft={draft} fits={({ channels }) => channels.includes("device")} />
          </Panel>
          <Panel title="Which Macs">
            <TargetFields />
          </Panel>
          <Panel title="How">
            <Stack gap={16}>
              <TextInput
                label="Name"
                description="By which it is found again; the command's name when empty"
                placeholder="Tuesday's restart"
                maxLength={200}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <DeliveryFields delivery={delivery} onChange={setDelivery} />
            </Stack>
          </Panel>
        </div>
        <div className={styles.beside}>
          <Panel title="Before it is sent">
            <Stack gap={16} aria-live="polite">
              {left !== null ? (
                <span data-dimmed>{left}</span>
              ) : (
                <BatchPreview
                  requestType={type?.requestType ?? ""}
                  riskToOne={type?.risk ?? ""}
                  preview={preview}
                  problem={isAsked ? read.error : null}
                  retry={() => void read.refetch()}
                />
              )}
              {destructive && preview !== undefined && preview.possible > 0 && (
                <>
                  <Notice tone="act" title={`This cannot be undone on ${counted(preview.possible, "Mac")}`}>
                    Each does it as soon as it is reached, and whoever works at it is not asked.
                  </Notice>
                  <ConfirmWord word={type?.requestType ?? ""} typed={typed} onChange={setTyped} />
                </>
              )}
              {create.error !== null && <ProblemPanel problem={create.error} />}
              <div>
                <ActionButton
                  action={createBatch}
                  type="submit"
                  size="sm"
                  variant="filled"
                  {...(destructive ? { color: "red.8" } : {})}
                  loading={create.isPending}
                  disabled={!isReady}
                >
                  {preview === undefined ? "Send" : `Send to ${counted(preview.possible, "Mac")}`}
                </ActionButton>
              </div>
              {left === null && <ApiCall action={createBatch} input={input} />}
            </Stack>
          </Panel>
        </div>
      </form>
    </Page>
  );
};
