import type { AppliedMessage, DesiredMessage } from "@pomona/agent-protocol";
import { type BlockRule, validateRule } from "@pomona/rules";
import type { Log } from "../log.ts";
import type { Outbox } from "../outbox.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { type DesiredSet, gatherParts } from "./gather-parts.ts";

/** What is in force on this Mac. */
export interface RulesInForce {
  readonly rules: readonly BlockRule[];
  readonly killBudgetPerMinute: number;
  readonly helpUrl: string | undefined;
}

/** Rejected rules that are named; one `applied` must fit into a message. */
const MAX_REJECTED = 300;

export const NO_RULES: RulesInForce = { rules: [], killBudgetPerMinute: 60, helpUrl: undefined };

/** The desired state of this Mac: on disk, in force while offline, and told as `applied`. */
export interface DesiredState {
  /** What was on disk, put in force; not in safe mode. */
  restore(): void;
  receive(part: DesiredMessage): void;
  /** Empty when none is held. */
  token(): string;
  inForce(): RulesInForce;
  /** This Mac now belongs to another device id. */
  clear(): void;
}

export interface DesiredStateOptions {
  readonly store: AgentStore;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Rules that may have crashed the agent stay out until the server sends others. */
  readonly safeMode: boolean;
  /** @throws when the rules cannot be put in force */
  onChange(inForce: RulesInForce): void;
}

export function holdDesiredState({ store, outbox, log, safeMode, onChange }: DesiredStateOptions): DesiredState {
  const gatherer = gatherParts();
  let token = "";
  let inForce = NO_RULES;
  let rejected: AppliedMessage["rejected"] = [];

  /** @returns false when the sensor cannot take so much; then what was in force stays */
  const put = (set: DesiredSet): boolean => {
    const checked = checkRules(set);
    try {
      onChange(checked.inForce);
    } catch (error) {
      log.warn("desired-state.refused-by-sensor", { reason: error instanceof Error ? error.message : "unknown" });
      return false;
    }
    token = set.token;
    rejected = checked.rejected;
    inForce = checked.inForce;
    return true;
  };
  const tell = () => outbox.control("applied", { token, rules: inForce.rules.length, rejected });
  return {
    restore() {
      const set = readSet(store);
      if (set === undefined) return;
      if (safeMode) {
        token = set.token;
        log.warn("desired-state.safe-mode", { rules: set.rules.length });
      } else put(set);
    },
    receive(part) {
      const set = gatherer.add(part);
      if (set === undefined) return;
      if (set === "tooLarge") return log.warn("desired-state.too-large");
      if (set.token !== token) {
        if (!put(set)) return;
        store.files.write("desired-state.json", JSON.stringify(set));
        log.info("desired-state.applied", { rules: inForce.rules.length, rejected: rejected.length });
      }
      tell();
    },
    token: () => token,
    inForce: () => inForce,
    clear() {
      store.files.remove("desired-state.json");
      token = "";
      inForce = NO_RULES;
      rejected = [];
      onChange(inForce);
    },
  };
}

function checkRules({ rules, settings }: DesiredSet): { inForce: RulesInForce; rejected: AppliedMessage["rejected"] } {
  const good: BlockRule[] = [];
  const rejected: AppliedMessage["rejected"] = [];
  for (const rule of rules) {
    const problems = validateRule(rule);
    if (problems.length === 0) good.push(rule);
    else if (rejected.length < MAX_REJECTED) {
      const reason = problems.map(({ field, message }) => `${field}: ${message}`).join(" ");
      rejected.push({ ruleId: rule.id, reason: reason.slice(0, 500) });
    }
  }
  const { killBudgetPerMinute, helpUrl } = settings;
  return { inForce: { rules: good, killBudgetPerMinute, helpUrl }, rejected };
}

/** Our own file, written whole: anything else in it counts as nothing. */
function readSet(store: AgentStore): DesiredSet | undefined {
  try {
    const value = JSON.parse(store.files.read("desired-state.json") ?? "null") as DesiredSet | null;
    return typeof value?.token === "string" && Array.isArray(value.rules) ? value : undefined;
  } catch {
    return undefined;
  }
}
