import type { BlockRule } from "@pomona/rules";
import type { KillBudgetLimits } from "../kill/kill-budget.ts";
import type { KillResult, KillSignal } from "../kill/killer.ts";
import type { ProcessToken } from "../kill/process-token.ts";
import type { Hit } from "./hit.ts";
import type { SensorEvent } from "./sensor-events.ts";
import type { SensorHealth } from "./sensor-health.ts";

/**
 * The protocol between a sensor process and the agent, over a pair of pipes: each frame is its length as four bytes (big endian) and a
 * JSON object in UTF-8 with its `type`. Unknown types are ignored by both sides, so that either may be newer.
 *
 * The law of the hot path: **the sensor process holds the compiled rules, decides and kills**, so that no hop delays a kill, and reports
 * a `hit` after it has acted. Plain events stay in the sensor until the agent asks for them with `subscribe`; hits, gaps and health
 * always come. When the agent's end closes, the sensor process ends: the agent starts a new one and sends its rules again.
 */
export const SENSOR_PROTOCOL_VERSION = 1;

/** Bytes of a frame's body; 10,000 rules take about 2 MB. A longer frame ends the connection. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

export interface SensorCapabilities {
  /** `eslogger`, or what replaces it one day. */
  readonly sensor: string;
  readonly events: readonly string[];
  /** Whether it can decide before the process runs (`authRequest`). */
  readonly canAuthorize: boolean;
  readonly killMeans: SensorHealth["killMeans"];
}

/** From the sensor. `hello` is the first frame. */
export type SensorFrame =
  | { readonly type: "hello"; readonly version: number; readonly capabilities: SensorCapabilities }
  | { readonly type: "event"; readonly event: SensorEvent }
  | { readonly type: "gap"; readonly count: number; readonly reason: "source" | "queue" }
  | { readonly type: "health"; readonly health: SensorHealth }
  | { readonly type: "hit"; readonly hit: Hit }
  | { readonly type: "budgetSpent"; readonly ruleId: string }
  | { readonly type: "rulesSet"; readonly revision: number; readonly size: number; readonly refused: readonly string[] }
  | { readonly type: "killResult"; readonly id: number; readonly result: KillResult }
  /** Reserved for sensors with `canAuthorize`: to be answered by `verdict` before `deadline` (mach time). */
  | { readonly type: "authRequest"; readonly id: number; readonly deadline: number; readonly event: SensorEvent };

/** To the sensor. */
export type AgentFrame =
  /** Replaces all rules. */
  | { readonly type: "rules"; readonly revision: number; readonly rules: readonly BlockRule[] }
  | { readonly type: "killBudget"; readonly limits: KillBudgetLimits }
  | { readonly type: "subscribe"; readonly events: boolean }
  /** Paths of executables whose plain events are not forwarded. They are decided all the same. */
  | { readonly type: "mute"; readonly paths: readonly string[] }
  | { readonly type: "kill"; readonly id: number; readonly token: ProcessToken; readonly signal: KillSignal }
  /** Reserved: the answer to `authRequest`. */
  | { readonly type: "verdict"; readonly id: number; readonly allow: boolean };
