import type { MovingOutcome } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

const KINDS: Readonly<Record<MovingOutcome["kind"], string>> = {
  "push-certificate": "Push certificate",
  issuer: "Issuer of identities",
  "enrollment-profile": "Enrollment profile",
  enrollment: "Mac",
};

export const kindWord = (kind: MovingOutcome["kind"]): string => KINDS[kind];

/** What became of a record, or, in a dry run, would. */
export const outcomeWord = (outcome: MovingOutcome["outcome"], isDryRun: boolean): { word: string; tone: Tone } => {
  if (outcome === "refused") return { word: "Refused", tone: "attention" };
  if (outcome === "unchanged") return { word: "Here already", tone: "unknown" };
  return isDryRun ? { word: "Would come over", tone: "progress" } : { word: "Came over", tone: "good" };
};
