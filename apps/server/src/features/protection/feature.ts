import type { Feature, Kernel } from "../../kernel/feature.ts";
import type { AgentsFeature } from "../agents/index.ts";
import { ruleChanges } from "./change-rules.ts";
import { DesiredStates } from "./desired-state.ts";
import { incidentMigrations } from "./incidents.sql.ts";
import { incidentActions } from "./incidents.ts";
import { ingestIncident } from "./ingest-incident.ts";
import { KillBudget } from "./kill-budget.ts";
import type { DesiredSettings } from "./model.ts";
import { Rollout } from "./rollout.ts";
import { ruleMigrations } from "./rules.sql.ts";
import { ruleReads } from "./show-rules.ts";

export interface ProtectionOptions {
  /** Kills per minute on one Mac, and of one rule on a tenant's fleet. */
  readonly macKillsPerMinute?: number;
  readonly fleetKillsPerMinute?: number;
  readonly helpUrl?: string;
}

const MAC_KILLS_PER_MINUTE = 30;

/** Gives `agents` the desired state and takes the messages `applied` and `incident`. */
export function createProtection(
  kernel: Kernel,
  agents: Pick<AgentsFeature, "attachDesired" | "addMessages" | "desiredChanged">,
  options: ProtectionOptions = {},
): { readonly feature: Feature } {
  const settings: DesiredSettings = {
    killBudgetPerMinute: options.macKillsPerMinute ?? MAC_KILLS_PER_MINUTE,
    ...(options.helpUrl === undefined ? {} : { helpUrl: options.helpUrl }),
  };
  const states = new DesiredStates(settings);
  const rollout = new Rollout(kernel, states, agents.desiredChanged);
  agents.attachDesired(states);
  agents.addMessages({
    "control/applied": rollout.onApplied,
    "control/incident": ingestIncident(new KillBudget(options.fleetKillsPerMinute), rollout),
  });
  return {
    feature: {
      name: "protection",
      migrations: [...ruleMigrations, ...incidentMigrations],
      actions: [...ruleReads(rollout), ...ruleChanges(rollout), ...incidentActions],
    },
  };
}
