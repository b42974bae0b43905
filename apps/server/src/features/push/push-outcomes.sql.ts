import type { PushOutcome } from "@pomona/contract";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  push_outcomes: { tenant_id: string; hour: number; outcome: string; count: number };
}

export const outcomeMigrations: readonly Migration[] = [
  {
    name: "push/0003-outcomes",
    statements: [
      `CREATE TABLE push_outcomes (tenant_id TEXT NOT NULL, hour INTEGER NOT NULL, outcome TEXT NOT NULL,
         count INTEGER NOT NULL, PRIMARY KEY (tenant_id, hour, outcome)) WITHOUT ROWID`,
    ],
  },
];

/** `hour` is hours since 1970. */
export interface OutcomeRow {
  readonly hour: number;
  readonly outcome: PushOutcome;
  readonly count: number;
}

export async function addOutcomes(tx: WriteTransaction, { hour, outcome, count }: OutcomeRow): Promise<void> {
  await sqlOf<Tables>(tx)
    .insertInto("push_outcomes")
    .values({ tenant_id: tx.scope.tenantId, hour, outcome, count })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "hour", "outcome"])
        .doUpdateSet((e) => ({ count: e("push_outcomes.count", "+", count) })),
    )
    .execute();
}

export async function readOutcomes(tx: ReadTransaction, sinceHour: number): Promise<readonly OutcomeRow[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("push_outcomes")
    .select(["hour", "outcome", "count"])
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("hour", ">=", sinceHour)
    .execute();
  return rows.map((row) => ({ ...row, outcome: row.outcome as PushOutcome }));
}

export async function forgetOutcomes(tx: WriteTransaction, beforeHour: number): Promise<void> {
  await sqlOf<Tables>(tx)
    .deleteFrom("push_outcomes")
    .where("tenant_id", "=", tx.scope.tenantId)
    .where("hour", "<", beforeHour)
    .execute();
}
