import type { Departure, DepartureStep } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

type StepState = DepartureStep["state"];

const STATES: Readonly<Record<StepState, readonly [word: string, tone: Tone, why: string]>> = {
  waiting: ["Waiting", "unknown", "The steps before it come first"],
  running: ["Running", "progress", "The Mac was asked, and its answer goes on with the step"],
  needsPerson: ["Needs you", "attention", "Somebody has to decide or do something"],
  done: ["Done", "good", "Nothing is left to do here"],
  failed: ["Failed", "act", "It can be tried again or skipped"],
  skipped: ["Skipped", "unknown", "A person left it out"],
};

/** How a step stands. */
export const stepWord = (state: StepState): { word: string; tone: Tone; why: string } => {
  const [word, tone, why] = STATES[state];
  return { word, tone, why };
};

/** The runbook in one sentence. */
export const departureSentence = ({ state, step, steps, choice }: Departure): { tone: Tone; title: string } => {
  if (state === "aborted") return { tone: "unknown", title: "The runbook was stopped" };
  if (state === "done")
    return choice === "erase"
      ? { tone: "good", title: "The runbook is done: the Mac is being erased" }
      : { tone: "good", title: "The runbook is done: the Mac was handed over" };
  const at = steps.findIndex((each) => each.step === step);
  const current = steps[at];
  if (current === undefined) return { tone: "unknown", title: "The runbook is open" };
  return {
    tone: stepWord(current.state).tone,
    title: `Step ${at + 1} of ${steps.length}, ${current.title.toLowerCase()}: ${stepWord(current.state).word.toLowerCase()}`,
  };
};
