import type { RecoveryState } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

/** Whether the secrets would survive the loss of the server, in a word. */
export const RECOVERY_WORDS: Readonly<Record<RecoveryState, { readonly tone: Tone; readonly word: string }>> = {
  neverExported: { tone: "act", word: "No recovery bundle" },
  neverTested: { tone: "act", word: "Recovery bundle never tested" },
  outdated: { tone: "attention", word: "Older than the data key" },
  stale: { tone: "attention", word: "Tested long ago" },
  tested: { tone: "good", word: "Tested" },
};
