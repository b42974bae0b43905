import { confirmDrill as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import { hashCode } from "./bundle/drill-code.ts";
import { findByCode, noteTested } from "./bundles.sql.ts";
import { toTime } from "./model.ts";

/** Takes the word of a drill that ran somewhere else. It cannot be invented: the code is made of what lies inside the bundle. */
export const confirmDrill = bindAction(contract, {
  devicesTouched: () => 0,
  run: async ({ tx, scope }, { code }) => {
    const bundle = await findByCode(tx, hashCode(code));
    if (bundle === undefined)
      throw new PomonaError(
        "invalid",
        "recovery.wrong-code",
        "No recovery bundle of this tenant has this code. Copy it from the last line of the drill.",
      );
    await noteTested(tx, bundle.id, tx.now);
    await tx.publish({ type: "recovery.drill-passed", data: { bundleId: bundle.id, by: scope.actor.name } });
    return { bundleId: bundle.id, testedAt: toTime(tx.now) };
  },
});
