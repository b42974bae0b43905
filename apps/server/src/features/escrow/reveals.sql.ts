import { sql } from "kysely";
import { type Migration, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Tables {
  escrow_reveals: { tenant_id: string; actor_id: string; hour: number; count: number };
}

export const revealMigrations: readonly Migration[] = [
  {
    name: "escrow/0007-reveals",
    statements: [
      `CREATE TABLE escrow_reveals (tenant_id TEXT NOT NULL, actor_id TEXT NOT NULL, hour INTEGER NOT NULL,
         count INTEGER NOT NULL, PRIMARY KEY (tenant_id, actor_id, hour)) WITHOUT ROWID`,
    ],
  },
];

/** Counts a reveal of the scope's actor in this hour. @returns how many there are now */
export async function countReveal(tx: WriteTransaction, hour: number): Promise<number> {
  const { tenantId, actor } = tx.scope;
  const { rows } = await sql<{ count: number }>`
    INSERT INTO escrow_reveals (tenant_id, actor_id, hour, count) VALUES (${tenantId}, ${actor.id}, ${hour}, 1)
    ON CONFLICT (tenant_id, actor_id, hour) DO UPDATE SET count = escrow_reveals.count + 1 RETURNING count`.execute(
    sqlOf<Tables>(tx),
  );
  return rows[0]!.count;
}
