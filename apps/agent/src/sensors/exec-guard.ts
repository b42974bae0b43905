import { type CompiledRules, compileRules, decide, type Verdict } from "@pomona/rules";
import { KillBudget } from "../kill/kill-budget.ts";
import type { Killer, KillResult } from "../kill/killer.ts";
import { type ProcessToken, tokenKey } from "../kill/process-token.ts";
import type { Hit } from "./hit.ts";
import { ProcessTable } from "./process-table.ts";
import type { ExecEvent, ForkEvent, ProcessImage, SensorEvent } from "./sensor-events.ts";

/** Killed images that are remembered, so that a fork whose event comes after the kill is swept too. */
const KILLED_LIMIT = 1024;

/** What the guard needs from outside, and whom it tells. */
export interface ExecGuardPorts {
  readonly killer: Killer;
  readonly budget?: KillBudget;
  /** Epoch milliseconds with fraction. */
  readonly now: () => number;
  readonly onHit: (hit: Hit) => void;
  /** Once per spell in which the kill budget is spent. */
  readonly onBudgetSpent: (rule: string) => void;
}

/**
 * Decides every exec and stops what a rule blocks, in the same turn in which its event was read: nothing is awaited and nothing else is
 * asked between event and kill. An exec that wins the race against the kill comes as an event of its own and is decided again.
 */
export class ExecGuard {
  readonly #ports: ExecGuardPorts;
  readonly #budget: KillBudget;
  readonly #table = new ProcessTable();
  readonly #killed = new Map<string, Hit>();
  #rules: CompiledRules = compileRules([]);

  constructor(ports: ExecGuardPorts) {
    this.#ports = ports;
    this.#budget = ports.budget ?? new KillBudget();
  }

  setRules(rules: CompiledRules): void {
    this.#rules = rules;
  }

  /** @param receivedAt epoch milliseconds with fraction, when the event's bytes came */
  handle(event: SensorEvent, receivedAt: number): void {
    this.#table.apply(event);
    if (event.kind === "exec") this.#decideExec(event, receivedAt);
    else if (event.kind === "fork") this.#sweepLateFork(event, receivedAt);
  }

  #decideExec(event: ExecEvent, receivedAt: number): void {
    const verdict = decide(this.#rules, event.target, receivedAt);
    if (verdict === undefined) return;
    const decidedAt = this.#ports.now();
    const hit = this.#act(event, verdict, { eventAt: event.at, receivedAt, decidedAt });
    this.#ports.onHit(hit);
  }

  #act(event: ExecEvent, verdict: Verdict, times: Hit["times"]): Hit {
    const { rule, outcome, alsoMatched } = verdict;
    const parentPath = this.#pathOf(event.target.parent);
    const known = parentPath === undefined ? {} : { parentPath };
    const seen = { event, ...known, rule, outcome, alsoMatched, swept: [], times };
    if (outcome === "report") return { ...seen, action: "reported" };
    const { granted, notice } = this.#budget.take(performance.now());
    if (notice) this.#ports.onBudgetSpent(rule.id);
    if (!granted) return { ...seen, action: "budgetSpent" };
    const kill = this.#ports.killer.kill(event.target.token, "SIGKILL");
    const killedAt = this.#ports.now();
    const swept = this.#sweep(event.target);
    const action = kill.outcome === "killed" ? "killed" : "killFailed";
    const hit: Hit = { ...seen, swept, action, kill, times: { ...times, killedAt } };
    if (kill.outcome === "killed" || kill.outcome === "notFound") this.#rememberKilled(event.target.token, hit);
    return hit;
  }

  /** Events tell of starts alone, and launchd is there before every sensor. */
  #pathOf(token: ProcessToken | undefined): string | undefined {
    if (token === undefined) return undefined;
    return this.#table.image(token)?.path ?? (token.pid === 1 ? "/sbin/launchd" : undefined);
  }

  /** Stops all forks of the blocked image first, so that none of them can fork on, then kills those that are still blocked. */
  #sweep(blocked: ProcessImage): Hit["swept"] {
    const forks = this.#table.descendants(blocked.token).filter((fork) => isSameImage(fork, blocked));
    for (const fork of forks) this.#ports.killer.kill(fork.token, "SIGSTOP");
    return forks.map((fork) => ({ token: fork.token, kill: this.#killFork(fork) }));
  }

  #killFork(fork: ProcessImage): KillResult {
    const verdict = decide(this.#rules, fork, this.#ports.now());
    if (verdict?.outcome === "block") return this.#ports.killer.kill(fork.token, "SIGKILL");
    this.#ports.killer.kill(fork.token, "SIGCONT");
    return { outcome: "refused", detail: "no rule blocks this image any more" };
  }

  #sweepLateFork({ parent, child }: ForkEvent, receivedAt: number): void {
    const hit = this.#killed.get(tokenKey(parent));
    if (hit === undefined || !isSameImage(child, hit.event.target)) return;
    if (decide(this.#rules, child, receivedAt)?.outcome !== "block") return;
    const kill = this.#ports.killer.kill(child.token, "SIGKILL");
    const late: Hit = { ...hit, swept: [{ token: child.token, kill }], lateSweep: true };
    this.#rememberKilled(child.token, late);
    this.#ports.onHit(late);
  }

  #rememberKilled(token: ProcessToken, hit: Hit): void {
    this.#killed.set(tokenKey(token), hit);
    const oldest = this.#killed.keys().next().value;
    if (this.#killed.size > KILLED_LIMIT && oldest !== undefined) this.#killed.delete(oldest);
  }
}

function isSameImage(a: ProcessImage, b: ProcessImage): boolean {
  return a.path === b.path && a.cdhash === b.cdhash;
}
