export { DEFAULT_KILL_BUDGET, KillBudget, type KillBudgetLimits } from "./kill-budget.ts";
export type { Killer, KillOutcome, KillResult, KillSignal } from "./killer.ts";
export { platformKiller } from "./platform-killer.ts";
export { guardProcesses, type ProcessGuard } from "./process-guards.ts";
export { type AuditTokenWords, type ProcessToken, tokenKey } from "./process-token.ts";
export { processStartTime } from "./start-time-killer.ts";
