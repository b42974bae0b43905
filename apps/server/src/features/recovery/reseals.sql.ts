import { asId, type TenantId } from "@pomona/facts";
import { type Migration, type ReadTransaction, sqlOf, type WriteTransaction } from "../../kernel/store.ts";

interface Columns {
  tenant_id: string;
  kid: string;
  started_at: number;
  ended_at: number | null;
  total: number;
  resealed: number;
  failed: number;
  place: string;
  cursor: string;
}
interface Tables {
  recovery_reseals: Columns;
}

export const resealMigrations: readonly Migration[] = [
  {
    name: "recovery/0002-reseals",
    statements: [
      `CREATE TABLE recovery_reseals (tenant_id TEXT PRIMARY KEY, kid TEXT NOT NULL, started_at INTEGER NOT NULL,
         ended_at INTEGER, total INTEGER NOT NULL, resealed INTEGER NOT NULL, failed INTEGER NOT NULL, place TEXT NOT NULL,
         cursor TEXT NOT NULL) WITHOUT ROWID`,
      "CREATE INDEX recovery_reseals_open ON recovery_reseals (tenant_id) WHERE ended_at IS NULL",
    ],
  },
];

/** How far a tenant's values are under its newest data key; times in ms. */
export interface ResealRow {
  readonly kid: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly total: number;
  readonly resealed: number;
  readonly failed: number;
  /** `table.column` that it is at, and the id after which it goes on there. */
  readonly place: string;
  readonly cursor: string;
}

const toRow = (row: Columns): ResealRow => ({
  kid: row.kid,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  total: row.total,
  resealed: row.resealed,
  failed: row.failed,
  place: row.place,
  cursor: row.cursor,
});

/** One per tenant: a newer one takes the place of one that has ended. */
export async function putReseal(tx: WriteTransaction, row: ResealRow): Promise<void> {
  const values = {
    kid: row.kid,
    started_at: row.startedAt,
    ended_at: row.endedAt,
    total: row.total,
    resealed: row.resealed,
    failed: row.failed,
    place: row.place,
    cursor: row.cursor,
  };
  await sqlOf<Tables>(tx)
    .insertInto("recovery_reseals")
    .values({ tenant_id: tx.scope.tenantId, ...values })
    .onConflict((conflict) => conflict.column("tenant_id").doUpdateSet(values))
    .execute();
}

export async function readReseal(tx: ReadTransaction): Promise<ResealRow | undefined> {
  const row = await sqlOf<Tables>(tx)
    .selectFrom("recovery_reseals")
    .selectAll()
    .where("tenant_id", "=", tx.scope.tenantId)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Tenants with one under way. */
export async function readResealing(tx: ReadTransaction, limit: number): Promise<readonly TenantId[]> {
  const rows = await sqlOf<Tables>(tx)
    .selectFrom("recovery_reseals")
    .select("tenant_id")
    .where("ended_at", "is", null)
    .limit(limit)
    .execute();
  return rows.map((row) => asId<"tenant">(row.tenant_id));
}
