import { rotateDataKey as contract } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { SealedColumn } from "../../kernel/secret.ts";
import { nameOf } from "./model.ts";
import { putReseal } from "./reseals.sql.ts";
import { countSealed } from "./sealed-rows.sql.ts";

/**
 * A new data key. It is in the key file before the transaction ends; one whose transaction fails stays there and seals nothing
 * that is lost with it.
 */
export const rotateDataKey = (kernel: Kernel, sealed: readonly SealedColumn[]) =>
  bindAction(contract, {
    devicesTouched: () => 0,
    run: async ({ tx }, { reseal = true }) => {
      const { tenantId } = tx.scope;
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
