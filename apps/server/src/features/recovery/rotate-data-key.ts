import { rotateDataKey as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { SealedColumn } from "../../kernel/secret.ts";
import { nameOf } from "./model.ts";
import { putReseal, readReseal } from "./reseals.sql.ts";
import { countSealed } from "./sealed-rows.sql.ts";

/** None is ever thrown away, and the file with all of them is written whole; a year of weeks has fewer. */
const MOST_KEYS = 100;

/**
 * A new data key. It is in the key file before the transaction ends; one whose transaction fails stays there and seals nothing
 * that is lost with it.
 */
export const rotateDataKey = (kernel: Kernel, sealed: readonly SealedColumn[]) =>
  bindAction(contract, {
    devicesTouched: () => 0,
    run: async ({ tx }, { reseal = true }) => {
      const { tenantId } = tx.scope;
      const before = await readReseal(tx);
      if (before !== undefined && before.endedAt === null)
        throw new PomonaError(
          "conflict",
          "recovery.reseal-under-way",
          "Older values are still being sealed under the key that was made last. Wait until that has ended.",
        );
      if (kernel.vault.kids(tenantId).length >= MOST_KEYS)
        throw new PomonaError("conflict", "recovery.too-many-keys", `A tenant has at most ${MOST_KEYS} data keys.`);
      const kid = kernel.vault.rotateDataKey(tenantId);
      let total = 0;
      if (reseal) {
        for (const column of sealed) total += await countSealed(tx, column);
        const from = { place: nameOf(sealed[0]!), cursor: "" };
        await putReseal(tx, { kid, startedAt: tx.now, endedAt: null, total, resealed: 0, failed: 0, ...from });
      }
      await tx.publish({ type: "recovery.data-key-changed", data: { kid } });
      return { kid, dataKeys: kernel.vault.kids(tenantId).length, total };
    },
  });
