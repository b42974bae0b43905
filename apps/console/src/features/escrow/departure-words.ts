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

/** What goes on while a step runs. */
export const RUNNING_WORDS: Readonly<Record<DepartureStep["step"], string>> = {
  escrow: "The agent looks at the tokens, the accounts and the recovery key. Its answers go on with the step.",
  decide: "The Mac was asked.",
  update: "The Mac was asked over MDM what it offers, and then to install it. Its answers go on with the step.",
  account: "The agent makes the account. Its answer goes on with the step.",
  login: "The agent looks whether the account has its secure token. Its answer goes on with the step.",
  verify: "The agent looks at the tokens, the accounts and the recovery key. Its answers go on with the step.",
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
