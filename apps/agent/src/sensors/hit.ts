import type { BlockRule, RuleMode } from "@pomona/rules";
import type { KillResult } from "../kill/killer.ts";
import type { ProcessToken } from "../kill/process-token.ts";
import type { ExecEvent } from "./sensor-events.ts";

/**
 * What was done about a hit.
 * - `killed`: the process was stopped after its start. - `reported`: the rule only reports, or met a platform binary.
 * - `killFailed`: the kill was tried; `kill` says what came of it. - `budgetSpent`: the kill budget turned it into a report.
 */
export type HitAction = "killed" | "reported" | "killFailed" | "budgetSpent";

/** One rule hit, as the sensor process reports it after it has acted. */
export interface Hit {
  readonly event: ExecEvent;
  /** What its parent runs; missing when no event told of it. */
  readonly parentPath?: string;
  readonly rule: BlockRule;
  readonly outcome: RuleMode;
  readonly alsoMatched: readonly string[];
  readonly action: HitAction;
  readonly kill?: KillResult;
  /** Processes of the same image that the blocked one had forked, with what became of each. */
  readonly swept: readonly { readonly token: ProcessToken; readonly kill: KillResult }[];
  readonly times: HitTimes;
  /** The hit was told before; this one tells of a fork whose event came after the kill. `swept` holds that fork. */
  readonly lateSweep?: true;
}

/** Epoch milliseconds with fraction; `eventAt` is the sensor's own, the others are read here. */
export interface HitTimes {
  readonly eventAt: number;
  readonly receivedAt: number;
  readonly decidedAt: number;
  /** When the kill call returned; missing when none was tried. */
  readonly killedAt?: number;
}
