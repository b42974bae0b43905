import type { Risk } from "@pomona/contract";
import { PomonaError } from "../../kernel/errors.ts";
import type { Budget } from "../../kernel/perform.ts";
import { addCharge } from "./budget.sql.ts";

/** Devices that one actor may touch in one tenant in one hour, by risk. */
export type BudgetLimits = Readonly<Record<Exclude<Risk, "read">, number>>;

/** A stolen token erases at most twenty Macs before someone has an hour to notice. */
export const DEFAULT_LIMITS: BudgetLimits = { change: 100_000, rootEquivalent: 10_000, destructive: 20 };

const HOUR = 3_600_000;

export const budgetOf = (limits: BudgetLimits): Budget => ({
  charge: async (tx, risk, devices, action) => {
    if (risk === "read" || devices === 0 || tx.scope.actor.kind === "system") return;
    const spent = await addCharge(tx, risk, Math.floor(tx.now / HOUR), devices);
    if (spent <= limits[risk]) return;
    throw new PomonaError(
      "exhausted",
      "budget.exceeded",
      `${action} would touch ${spent} Macs this hour, and your budget for such actions is ${limits[risk]}. ` +
        "Nothing was changed. Wait for the next full hour, or have an administrator raise the budget.",
      { detail: { limit: limits[risk], risk } },
    );
  },
});
