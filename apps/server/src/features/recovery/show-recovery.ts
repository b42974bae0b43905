import { showRecovery as contract, type RecoverySummary } from "@pomona/contract";
import { bindAction } from "../../kernel/action.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readBundles } from "./bundles.sql.ts";
import { judgeRecovery, toTime } from "./model.ts";
import { readReseal } from "./reseals.sql.ts";

/** Whether the scope's tenant would survive the loss of this server. */
export async function readRecovery(tx: ReadTransaction, { vault }: Pick<Kernel, "vault">): Promise<RecoverySummary> {
  return judgeRecovery(await readBundles(tx), vault.kids(tx.scope.tenantId)[0], tx.now);
}

export const showRecovery = (kernel: Kernel) =>
  bindAction(contract, {
    run: async ({ tx }) => {
      const reseal = await readReseal(tx);
      const bundles = await readBundles(tx);
      return {
        summary: await readRecovery(tx, kernel),
        bundles: bundles.map((each) => ({
          id: each.id,
          exportedAt: toTime(each.exportedAt),
          exportedBy: each.exportedBy,
          recipients: [...each.recipients],
          values: each.values,
          unreadable: each.unreadable,
          testedAt: each.testedAt === null ? null : toTime(each.testedAt),
        })),
        dataKeys: [...kernel.vault.kids(tx.scope.tenantId)],
        reseal:
          reseal === undefined
            ? null
            : {
                startedAt: toTime(reseal.startedAt),
                endedAt: reseal.endedAt === null ? null : toTime(reseal.endedAt),
                total: reseal.total,
                resealed: reseal.resealed,
                failed: reseal.failed,
              },
      };
    },
  });
