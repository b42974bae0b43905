import type { Risk } from "@pomona/contract";
import { PomonaError } from "../../kernel/errors.ts";
import type { Budget } from "../../kernel/perform.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { addCharge } from "./budget.sql.ts";
import { readLimit } from "./limits.sql.ts";
import type { LimitChange, Limits } from "./limits-model.ts";

export const HOUR_MS = 3_600_000;
/** Under this name the charges of all actors of a tenant are added up. */
export const ALL_ACTORS = "*";

/** What counts in the scope's tenant, and what is to come. */
export const limitOf = async (tx: ReadTransaction, defaults: Limits, risk: keyof Limits): Promise<LimitChange> =>
  (await readLimit(tx, risk)) ?? { now: defaults[risk], next: null };

/** Counts what an actor, and all actors together, touch in one tenant in one hour. What the server does by itself is free. */
export const budgetOf = (defaults: Limits): Budget => ({
  charge: async (tx, risk, devices, action) => {
    const { actor } = tx.scope;
    if (risk === "read" || devices === 0 || actor.kind === "system") return;
    const { now: limit } = await limitOf(tx, defaults, risk);
    const hour = Math.floor(tx.now / HOUR_MS);
    const spent = await addCharge(tx, actor.id, risk, hour, devices);
    if (spent > limit.perActor) throw exceeded(action, risk, spent, limit.perActor, "your budget");
    const all = await addCharge(tx, ALL_ACTORS, risk, hour, devices);
    if (all > limit.perTenant) throw exceeded(action, risk, all, limit.perTenant, "the budget of all of you");
  },
});

const exceeded = (action: string, risk: Risk, devices: number, limit: number, whose: string): PomonaError =>
  new PomonaError(
    "exhausted",
    "budget.exceeded",
    `${action} would touch ${devices} Macs this hour, and ${whose} for such actions is ${limit}. ` +
      "Nothing was changed. Wait for the next full hour, or have an administrator raise the limit.",
    { detail: { limit, risk, devices } },
  );

/** How long what a person or a token asks for can be taken back, in ms. */
export const undoPolicy = (defaults: Limits) => ({
  windowMs: async (tx: ReadTransaction, risk: Risk): Promise<number> =>
    risk === "read" ? 0 : (await limitOf(tx, defaults, risk)).now.undoSeconds * 1000,
});
