import { type Limits as Shown, setLimits, showLimits } from "@pomona/contract";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { onFact } from "../../kernel/fact.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readCharge } from "./budget.sql.ts";
import { ALL_ACTORS, HOUR_MS, limitOf } from "./budget.ts";
import { insertExceeded, readExceeded, writeLimit } from "./limits.sql.ts";
import { changeLimit, type Limit, type Limits } from "./limits-model.ts";

const SHOWN = 50;

/** Limits of a tenant: tighter ones count at once, looser ones are announced and count after an hour. */
export const limitActions = (defaults: Limits): readonly BoundAction[] => [
  bindAction(showLimits, { run: ({ tx }) => show(tx, defaults) }),

  bindAction(setLimits, {
    run: async ({ tx, scope }, { risk, perActor, perTenant, undoSeconds }) => {
      const wish: Partial<Limit> = {
        ...(perActor === undefined ? {} : { perActor }),
        ...(perTenant === undefined ? {} : { perTenant }),
        ...(undoSeconds === undefined ? {} : { undoSeconds }),
      };
      const change = changeLimit(await limitOf(tx, defaults, risk), wish, tx.now);
      await writeLimit(tx, risk, change);
      const data = { actor: scope.actor.name, risk, isLoosened: change.next !== null };
      await tx.publish({ type: "limits.changed", data });
      return show(tx, defaults);
    },
  }),
];

/** Keeps who tried to go beyond a limit, so that it is seen although nothing happened. */
export const onBudgetExceeded = onFact<"budget.exceeded">({
  name: "access/on-budget-exceeded",
  types: ["budget.exceeded"],
  handle: async (tx, { id, at, data }) => {
    const { actor, action, limit, risk = "", devices = 0 } = data;
    await insertExceeded(tx, id, { at, actor, action, risk, max_devices: limit, devices });
  },
});

async function show(tx: ReadTransaction, defaults: Limits): Promise<Shown> {
  const one = async (risk: keyof Limits) => {
    const { now, next } = await limitOf(tx, defaults, risk);
    const pending = next === null ? null : { ...next.limit, effectiveAt: new Date(next.at).toISOString() };
    return { ...now, pending, spent: await readCharge(tx, ALL_ACTORS, risk, Math.floor(tx.now / HOUR_MS)) };
  };
  return {
    limits: {
      change: await one("change"),
      rootEquivalent: await one("rootEquivalent"),
      destructive: await one("destructive"),
    },
    exceeded: (await readExceeded(tx, SHOWN)).map(({ at, max_devices: limit, ...rest }) => ({
      ...rest,
      at: new Date(at).toISOString(),
      limit,
    })),
  };
}
