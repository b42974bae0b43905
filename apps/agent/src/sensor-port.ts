import type { BlockRule } from "@pomona/rules";
import type { Hit } from "./sensors/hit.ts";
import type { SensorHealth } from "./sensors/sensor-health.ts";

/** What the sensor tells; it has already acted on a hit when it says so. */
export interface SensorListener {
  onHit(hit: Hit): void;
  onHealth(health: SensorHealth): void;
}

/** The exec sensor as the agent sees it: the real one is a process of its own, a simulation decides in place. */
export interface SensorPort {
  start(listener: SensorListener): void;
  /** Replaces all rules. `killBudgetPerMinute` 0 turns every hit into a report. */
  setRules(rules: readonly BlockRule[], killBudgetPerMinute: number): void;
  stop(): Promise<void>;
}
