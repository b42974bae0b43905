import type { Departure, DepartureStep, DepartureStepName, OpenDeparture } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import type { AccountFindings } from "./agent-findings.ts";
import { STEP_TEXTS } from "./departure-texts.ts";
import { toTime } from "./model.ts";

/** In this order; none is left out but by a person, with a reason. */
export const STEPS: readonly DepartureStepName[] = ["escrow", "decide", "update", "account", "login", "verify"];

export type StepState = DepartureStep["state"];
/** How a step goes on. `done` and `skipped` are final. */
export const STEP_STATES: Readonly<Record<StepState, readonly StepState[]>> = {
  waiting: ["running", "needsPerson", "done", "skipped"],
  running: ["running", "needsPerson", "done", "failed", "skipped"],
  needsPerson: ["running", "needsPerson", "done", "failed", "skipped"],
  failed: ["running", "needsPerson", "done", "skipped", "failed"],
  done: [],
  skipped: [],
};

export interface Finding {
  readonly isGood: boolean | null;
  readonly text: string;
}
export interface StepRow {
  readonly state: StepState;
  readonly todo: string | null;
  readonly findings: readonly Finding[];
  readonly at: number | null;
}

/** A runbook as it is stored; times in ms. */
export interface DepartureRow {
  readonly deviceId: DeviceId;
  readonly state: Departure["state"];
  readonly startedAt: number;
  readonly startedBy: string;
  readonly endedAt: number | null;
  readonly choice: "erase" | "handOver" | null;
  readonly account: { readonly name: string; readonly isNew: boolean } | null;
  readonly step: DepartureStepName | null;
  readonly steps: Readonly<Record<DepartureStepName, StepRow>>;
  /** What the agent last said of the accounts. */
  readonly accounts: AccountFindings | null;
}

const WAITING: StepRow = { state: "waiting", todo: null, findings: [], at: null };
export const newSteps = (): DepartureRow["steps"] => ({
  escrow: WAITING,
  decide: WAITING,
  update: WAITING,
  account: WAITING,
  login: WAITING,
  verify: WAITING,
});

export const stepAfter = (step: DepartureStepName): DepartureStepName | undefined => STEPS[STEPS.indexOf(step) + 1];

export const toDeparture = (row: DepartureRow): Departure => ({
  deviceId: row.deviceId,
  state: row.state,
  startedAt: new Date(row.startedAt).toISOString(),
  startedBy: row.startedBy,
  endedAt: toTime(row.endedAt),
  choice: row.choice,
  account: row.account,
  step: row.state === "open" ? row.step : null,
  accounts:
    row.accounts?.accounts.map(({ name, isAdmin, hasSecureToken }) => ({ name, isAdmin, hasSecureToken })) ?? null,
  steps: STEPS.map((step) => {
    const { state, todo, findings, at } = row.steps[step];
    return { step, ...STEP_TEXTS[step], state, todo, findings: [...findings], at: toTime(at) };
  }),
});

/** @param deviceName as people know the Mac */
export function toOpenDeparture(row: DepartureRow, deviceName: string): OpenDeparture {
  const step = row.step ?? "verify";
  const { state, todo, at } = row.steps[step];
  return {
    deviceId: row.deviceId,
    deviceName,
    startedAt: new Date(row.startedAt).toISOString(),
    startedBy: row.startedBy,
    step,
    title: STEP_TEXTS[step].title,
    state,
    todo,
    at: toTime(at),
  };
}
