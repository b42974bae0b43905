import type { Batch } from "@pomona/contract";
import { counted } from "../../kit/count-words.ts";
import type { BarPart } from "../../kit/stacked-bar.tsx";
import type { Tone } from "../../kit/state-badge.tsx";

const WORDS: Record<Batch["state"], readonly [word: string, tone: Tone]> = {
  waiting: ["Pending", "progress"],
  held: ["Held", "attention"],
  running: ["Queuing", "progress"],
  paused: ["Paused", "attention"],
  sending: ["Sending", "progress"],
  cancelled: ["Cancelled", "unknown"],
  done: ["Done", "good"],
};

/** Macs for which it came to nothing, whatever the reason. */
export const failedOf = ({ progress }: Pick<Batch, "progress">): number =>
  progress.failed + progress.expired + progress.notPossible;

/** A batch's state; one that is over and did not reach everyone says so. */
export const batchWord = (batch: Pick<Batch, "state" | "progress">): { word: string; tone: Tone } => {
  const [word, tone] = WORDS[batch.state];
  return batch.state === "done" && failedOf(batch) > 0 ? { word, tone: "attention" } : { word, tone };
};

/** What a batch's page can list, by the word in the address. */
export const MAC_LISTS = ["all", "open", "acknowledged", "failed", "expired", "cancelled", "refused"] as const;
export type MacList = (typeof MAC_LISTS)[number];

export interface ProgressPart extends BarPart {
  /** Null where there is no command yet that could be listed. */
  readonly list: MacList | null;
}

/** How far a batch is, in the order in which commands live. */
export const progressParts = ({ progress }: Pick<Batch, "progress">): readonly ProgressPart[] => [
  { label: "Acknowledged", count: progress.acknowledged, tone: "good", list: "acknowledged" },
  { label: "Sent", count: progress.sent, tone: "progress", list: "open" },
  { label: "Not now", count: progress.notNow, tone: "attention", list: "open" },
  { label: "Pending: waiting for the Mac to ask", count: progress.queued, tone: "unknown", list: "open" },
  { label: "Not yet in a Mac's queue", count: progress.waiting, tone: "unknown", list: null },
  { label: "Failed", count: progress.failed, tone: "act", list: "failed" },
  { label: "Cannot take it", count: progress.notPossible, tone: "act", list: "refused" },
  { label: "Expired", count: progress.expired, tone: "attention", list: "expired" },
  { label: "Cancelled", count: progress.cancelled, tone: "unknown", list: "cancelled" },
];

/** `380 of 412 Macs acknowledged, 3 did not`: for the list. */
export const progressSentence = (batch: Pick<Batch, "total" | "progress">): string => {
  const failed = failedOf(batch);
  const done = `${batch.progress.acknowledged.toLocaleString("en")} of ${counted(batch.total, "Mac")}`;
  return failed === 0 ? done : `${done}, ${failed.toLocaleString("en")} did not`;
};
